using System.Runtime.InteropServices;

namespace EventMesh.Domain.Log;

/// <summary>The 32 bytes of a SHA-256: of a leaf, of a node or of a whole tree.</summary>
public readonly record struct MerkleHash
{
    public const int Bytes = 32;

    // As they lie in memory; nobody counts with them.
    private readonly UInt128 first, second;

    private MerkleHash(UInt128 first, UInt128 second) => (this.first, this.second) = (first, second);

    /// <exception cref="ArgumentException">There are not exactly <see cref="Bytes"/> bytes.</exception>
    public static MerkleHash Of(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Bytes ? new(MemoryMarshal.Read<UInt128>(bytes), MemoryMarshal.Read<UInt128>(bytes[16..])) : throw new ArgumentException($"A hash has {Bytes} bytes, not {bytes.Length}.", nameof(bytes));

    /// <param name="destination">Of at least <see cref="Bytes"/> bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        MemoryMarshal.Write(destination, in first);
        MemoryMarshal.Write(destination[16..], in second);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    public string ToBase64() => Convert.ToBase64String(ToArray());

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}

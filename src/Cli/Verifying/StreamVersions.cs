using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EventMesh.Cli.Verifying;

/// <summary>How far each stream has come. A million names would not fit in little memory, half of their hashes does.</summary>
internal sealed class StreamVersions
{
    private readonly Dictionary<UInt128, long> last = [];

    /// <returns>The version that should have come; that which came when all is well.</returns>
    /// <param name="begins">Whether a stream may begin at any version, because the export begins in the middle.</param>
    public long Follow(ReadOnlySpan<byte> stream, long version, bool begins)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(stream, hash);
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(last, BinaryPrimitives.ReadUInt128BigEndian(hash), out var exists);
        var expected = !exists && begins ? version : known + 1;
        known = version;
        return expected;
    }
}

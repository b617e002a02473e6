using System.Buffers.Binary;
using System.Text;

namespace EventMesh.EventStore.Sealing;

/// <summary>What is sealed. A value of one kind does not open as another.</summary>
internal enum SealKind : byte { DataKey = 1, Payload = 2, Secret = 3, Value = 4, Erasure = 5 }

/// <summary>
/// What a seal is bound to: kind, workspace, name and version. Texts carry their length before them, so no two bindings have the same bytes. A row that is copied to another workspace,
/// name or version does not open there.
/// </summary>
/// <param name="Name">Of a payload or secret; empty for a data key.</param>
/// <param name="Version">Of a secret; the day of a payload as <see cref="DateOnly.DayNumber"/>; the number of a data key.</param>
internal readonly record struct AssociatedData(SealKind Kind, string Workspace, string Name, int Version)
{
    public const int BytesOnStack = 1024;

    public int BytesMax => 1 + 4 + Encoding.UTF8.GetMaxByteCount(Workspace.Length) + 4 + Encoding.UTF8.GetMaxByteCount(Name.Length) + 4;

    /// <summary>Writes it to the beginning of <paramref name="to"/>, which holds <see cref="BytesMax"/> at least.</summary>
    public ReadOnlySpan<byte> Write(Span<byte> to)
    {
        to[0] = (byte)Kind;
        var at = 1;
        at = Text(to, at, Workspace);
        at = Text(to, at, Name);
        BinaryPrimitives.WriteInt32BigEndian(to[at..], Version);
        return to[..(at + 4)];
    }

    private static int Text(Span<byte> to, int at, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, to[(at + 4)..]);
        BinaryPrimitives.WriteInt32BigEndian(to[at..], length);
        return at + 4 + length;
    }
}

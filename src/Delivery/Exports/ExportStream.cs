using EventMesh.EventStore;

namespace EventMesh.Delivery.Exports;

/// <summary>The bytes of an export that is kept here, from any place on. One part at a time is read and opened.</summary>
public sealed class ExportStream : Stream
{
    private readonly WorkspaceStore workspace;
    private readonly ExportSeal seal;
    private readonly string export;
    private readonly IReadOnlyList<ExportPart> parts;
    private (int Number, byte[] Bytes) held;

    internal ExportStream(WorkspaceStore workspace, ExportSeal seal, string export, IReadOnlyList<ExportPart> parts)
    {
        (this.workspace, this.seal, this.export, this.parts) = (workspace, seal, export, parts);
        Length = parts.Sum(p => p.Bytes);
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length { get; }
    public override long Position { get; set; }

    /// <exception cref="EndOfStreamException">It was deleted meanwhile.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || Position >= Length || parts.LastOrDefault(p => p.FirstByte <= Position) is not { } part) return 0;
        if (held.Number != part.Number)
        {
            var body = await ExportTable.Body(workspace, export, part.Number, cancellationToken).ConfigureAwait(false) ?? throw new EndOfStreamException("The export is no longer kept.");
            held = (part.Number, seal.Open(part.Number, body));
        }
        var rest = held.Bytes.AsMemory((int)(Position - part.FirstByte));
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        Position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>
/// Makes parts of events. Lines gather in chunks, and a chunk is compressed while the next one is written. A part ends with the chunk in which it reached its size, and the next one begins with the
/// chunk behind it: where parts end depends on nothing but the events behind the end of the part before, so whoever goes on there makes the same parts. Each is a gzip member of its own (RFC 1952
/// §2.2: members may follow one another).
/// </summary>
/// <param name="first">The number of the first part to make, from 1.</param>
internal sealed class PartWriter(FeedForm form, ExportSpec spec, int first, int partBytes) : IAsyncDisposable
{
    private const int ChunkBytes = 128 * 1024;

    // So that ten thousand parts, which is what an object store takes, hold 300 GiB and small exports have small parts.
    private const int PartsOfOneSize = 1_000;

    private readonly Utf8JsonWriter json = new(Stream.Null, form.Writing);
    private ArrayBufferWriter<byte> chunk = new(2 * ChunkBytes);
    private ArrayBufferWriter<byte> other = new(2 * ChunkBytes);
    private (long Events, Position End) inChunk;
    private Task compressing = Task.CompletedTask;
    private Part part = new(first, spec.Gzip);
    private bool begun;

    /// <summary>Bytes that are whole.</summary>
    public sealed record Made(int Number, byte[] Bytes, long Events, Position End)
    {
        public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes));
    }

    /// <summary>Adds an event.</summary>
    /// <returns>A part that came to its end before it; null mostly.</returns>
    public async ValueTask<Made?> Add(WholeEvent stored, byte[]? body)
    {
        Begin();
        if (spec.Format == ExportFormat.Csv) CsvLines.Write(chunk, stored, spec.IncludeData, body);
        else
        {
            json.Reset(chunk);
            form.Line(json, stored, spec.IncludeData, body);
            json.Flush();
            chunk.Write("\n"u8);
        }
        inChunk = (inChunk.Events + 1, stored.Event.Position);
        return chunk.WrittenCount < ChunkBytes ? null : await Hand().ConfigureAwait(false);
    }

    /// <summary>What is left when there are no more events: nothing, one part or two. An export has one at least, be it empty.</summary>
    /// <param name="end">Where the last part ends, if no event says it.</param>
    public async Task<IReadOnlyList<Made>> End(Position end)
    {
        Begin();
        var made = new List<Made>();
        if (chunk.WrittenCount > 0 && await Hand().ConfigureAwait(false) is { } before) made.Add(before);
        await compressing.ConfigureAwait(false);
        if (part.Taken > 0 || part.Number == 1) made.Add(part.Finish(end));
        return made;
    }

    private void Begin()
    {
        if (!begun && spec.Format == ExportFormat.Csv && first == 1) CsvLines.Header(chunk, spec.IncludeData);
        begun = true;
    }

    private async Task<Made?> Hand()
    {
        await compressing.ConfigureAwait(false);
        Made? made = null;
        if (part.Length >= (long)partBytes * (1 + part.Number / PartsOfOneSize))
        {
            made = part.Finish(default);
            part = new(part.Number + 1, spec.Gzip);
        }
        (chunk, other) = (other, chunk);
        chunk.ResetWrittenCount();
        var (to, bytes, counted) = (part, other.WrittenMemory, inChunk);
        inChunk = default;
        compressing = Task.Run(() => to.Write(bytes.Span, counted.Events, counted.End));
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await compressing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        part.Dispose();
        await json.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Part : IDisposable
    {
        private static ReadOnlySpan<byte> NoLines => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

        private readonly MemoryStream bytes = new(ExportLimits.PartBytes + ExportLimits.PartBytes / 4);
        private readonly GZipStream? gzip;
        private long events;
        private Position? end;

        public Part(int number, bool compressed)
        {
            Number = number;
            if (compressed) gzip = new(bytes, CompressionLevel.Fastest, leaveOpen: true);
        }

        public int Number { get; }

        /// <summary>Bytes it has come to so far.</summary>
        public long Length => bytes.Length;

        /// <summary>Bytes that went into it.</summary>
        public long Taken { get; private set; }

        public void Write(ReadOnlySpan<byte> lines, long count, Position last)
        {
            (gzip ?? (Stream)bytes).Write(lines);
            (Taken, events, end) = (Taken + lines.Length, events + count, count > 0 ? last : end);
        }

        public Made Finish(Position otherwise)
        {
            gzip?.Dispose();
            // Of nothing GZipStream makes no member, and no bytes are no gzip file.
            if (gzip is not null && bytes.Length == 0) bytes.Write(NoLines);
            var made = new Made(Number, bytes.ToArray(), events, end ?? otherwise);
            bytes.Dispose();
            return made;
        }

        public void Dispose()
        {
            gzip?.Dispose();
            bytes.Dispose();
        }
    }
}

using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>
/// CloudEvents in a file, read as they are sent: one event, a JSON array of them, or one after the other (NDJSON).
/// The file may be larger than memory.
/// </summary>
internal static class EventFile
{
    /// <summary>The server's limits of a batch.</summary>
    public const int EventsPerBatchMax = 100;
    public const int BatchBytesMax = 1024 * 1024;

    /// <summary>The body of each batch in the file's order, with the number of its first event (from 1) and how many it holds.</summary>
    /// <exception cref="Failure">The file is not JSON; what came before the fault has been returned.</exception>
    public static async IAsyncEnumerable<Batch> Batches(Stream file, string name, [EnumeratorCancellation] CancellationToken cancel)
    {
        List<string> events = [];
        var bytes = Brackets;
        var first = 1;
        await foreach (var raw in Events(file, name, cancel))
        {
            var size = System.Text.Encoding.UTF8.GetByteCount(raw) + Comma;
            if (events.Count == EventsPerBatchMax || (events.Count > 0 && bytes + size > BatchBytesMax))
            {
                yield return new Batch(first, events.Count, Body(events));
                first += events.Count;
                events.Clear();
                bytes = Brackets;
            }

            events.Add(raw);
            bytes += size;
        }

        if (events.Count > 0)
            yield return new Batch(first, events.Count, Body(events));
    }

    private const int Brackets = 2;
    private const int Comma = 1;

    private static string Body(List<string> events) => $"[{string.Join(',', events)}]";

    private static async IAsyncEnumerable<string> Events(Stream file, string name, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (start, isArray) = await Peek(file, cancel);
        await using var whole = new Rejoined(start, file);
        await using var values = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(whole, topLevelValues: !isArray, cancellationToken: cancel).GetAsyncEnumerator(cancel);
        for (var number = 1; await Next(values, name, number); number++)
        {
            if (values.Current.ValueKind != JsonValueKind.Object)
                throw Failure.Usage($"{name}: event {number} is not a JSON object", "A file holds one CloudEvent, an array of them, or one a line.");
            yield return values.Current.GetRawText();
        }
    }

    private static async Task<bool> Next(IAsyncEnumerator<JsonElement> values, string name, int number)
    {
        try
        {
            return await values.MoveNextAsync();
        }
        catch (JsonException error)
        {
            throw Failure.Usage($"{name}: not JSON at about event {number}: {Readable.Line(error.Message)}", "Everything before it may have been published; to publish the same ids again is safe.");
        }
    }

    private static async Task<(byte[] Start, bool IsArray)> Peek(Stream file, CancellationToken cancel)
    {
        var start = new List<byte>();
        var one = new byte[1];
        while (await file.ReadAsync(one, cancel) == 1)
        {
            // A byte order mark is no part of the JSON.
            if (one[0] is 0xEF or 0xBB or 0xBF or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            start.Add(one[0]);
            break;
        }

        return ([.. start], start is [(byte)'[']);
    }

    public sealed record Batch(int First, int Count, string Body);

    /// <summary>A stream with the byte that was looked at put back before it.</summary>
    private sealed class Rejoined(byte[] start, Stream rest) : Stream
    {
        private bool started;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (started || start.Length == 0)
                return await rest.ReadAsync(buffer, cancellationToken);
            started = true;
            start.CopyTo(buffer);
            return start.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

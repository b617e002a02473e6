using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
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
        var bytes = EmptyBytes;
        var first = 1;
        await foreach (var raw in Events(file, name, cancel))
        {
            var size = Encoding.UTF8.GetByteCount(raw) + Comma;
            if (events.Count == EventsPerBatchMax || (events.Count > 0 && bytes + size > BatchBytesMax))
            {
                yield return new Batch(first, events.Count, Body(events));
                first += events.Count;
                events.Clear();
                bytes = EmptyBytes;
            }

            events.Add(raw);
            bytes += size;
        }

        if (events.Count > 0)
            yield return new Batch(first, events.Count, Body(events));
    }

    private const int Comma = 1;
    private const int EmptyBytes = 2 - Comma; // both brackets; the first event has no comma

    private static string Body(List<string> events) => $"[{string.Join(',', events)}]";

    private static async IAsyncEnumerable<string> Events(Stream file, string name, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = PipeReader.Create(file);
        var isArray = await BeginsWithBracket(reader, cancel);
        await using var values = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(reader, topLevelValues: !isArray, cancellationToken: cancel).GetAsyncEnumerator(cancel);
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

    private static async Task<bool> BeginsWithBracket(PipeReader reader, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            var start = new SequenceReader<byte>(read.Buffer);
            start.AdvancePastAny(BlankOrByteOrderMark);
            reader.AdvanceTo(start.Position);
            if (start.TryPeek(out var first) || read.IsCompleted)
                return first == '[';
        }
    }

    private static ReadOnlySpan<byte> BlankOrByteOrderMark => [(byte)' ', (byte)'\t', (byte)'\r', (byte)'\n', 0xEF, 0xBB, 0xBF];

    public sealed record Batch(int First, int Count, string Body);
}

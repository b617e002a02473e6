using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using EventMesh.Api.Features.Feed;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>A workspace's feed, in order, as the lines of the API; the floor is COPY of the same rows, as text and unordered.</summary>
internal sealed class Export : IBenchmark
{
    private const int Events = 100_000;
    private const int Page = 2_000;

    public string Name => "export";
    public string About => "a workspace's events in order as NDJSON, against COPY … TO STDOUT of the same rows";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        var (store, database) = await ground.NewStore("export");
        await using var owned = store;
        // Two workspaces, so that one's events do not lie next to each other.
        for (var n = 0; n < Events; n += 500)
        {
            var appends = Enumerable.Range(n, 500).SelectMany(i => new[] { "acme", "zeta" }.Select(w => store.For(w).Prepare($"evt_{i:x26}", "published_event", 0, [Sample.Event()], Sample.Now())));
            await store.AppendTogether([.. appends], stop);
        }
        await using var connection = await Ground.Connect(database);
        await Ground.Run(connection, "vacuum analyze mt_events");
        await Eventually.True(async () => (await store.For("acme").ReadFeed(Position.Start, 1, stop)).Count > 0, TimeSpan.FromSeconds(10), "the feed to begin");

        var (ours, floor) = await Rounds.InTurns(4, () => Read(store.For("acme"), stop), async () =>
        {
            var running = Stopwatch.StartNew();
            using var copy = await connection.BeginTextExportAsync(
                "copy (select xid, seq_id, tenant_id, stream_id, version, type, data, timestamp, correlation_id, causation_id, user_name, headers, id, mt_dotnet_type, is_archived, bdata from mt_events where tenant_id = 'acme') to stdout", stop);
            var (buffer, lines) = (new char[64 * 1024], 0);
            for (int read; (read = await copy.ReadAsync(buffer.AsMemory(), stop)) > 0;) lines += buffer.AsSpan(0, read).Count('\n');
            return lines == Events ? Events / running.Elapsed.TotalSeconds : throw new InvalidOperationException($"{lines} rows came.");
        });
        print(new(Name, ours, "events/s", floor, new(RatioAtLeast: 0.5)));
    }

    private static async Task<double> Read(WorkspaceStore workspace, CancellationToken stop)
    {
        var running = Stopwatch.StartNew();
        var output = PipeWriter.Create(Stream.Null);
        await using var json = new Utf8JsonWriter(output);
        var lines = 0;
        var next = workspace.ReadWhole(Position.Start, Page, stop);
        for (; ; )
        {
            var page = await next;
            if (page.Count == Page) next = workspace.ReadWhole(page[^1].Event.Position, Page, stop);
            foreach (var stored in page)
            {
                FeedLine.Write(json, stored);
                json.Flush();
                json.Reset();
                lines++;
            }
            await output.FlushAsync(stop);
            if (page.Count < Page) break;
        }
        return lines == Events ? Events / running.Elapsed.TotalSeconds : throw new InvalidOperationException($"{lines} events came.");
    }
}

using System.Diagnostics;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.Domain.Access;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Tests.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>A workspace's feed, in order, as the API answers it; the floor is COPY of the same rows, as text and unordered.</summary>
internal sealed class Export : IBenchmark
{
    private const int Events = 100_000;

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

        var send = new SendFeed(store, new(store, new(store, TimeProvider.System, NullLogger<PayloadReads>.Instance), _ => RedactionRules.ShapeOnly), TimeProvider.System);
        var (ours, floor) = await Rounds.InTurns(4, () => Read(store, send, stop), async () =>
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

    private static async Task<double> Read(Store store, SendFeed send, CancellationToken stop)
    {
        var running = Stopwatch.StartNew();
        var lines = new Lines();
        var context = new DefaultHttpContext { Response = { Body = lines }, RequestAborted = stop };
        var call = new Call(new Actor.Tenant("acme", "bench", Role.Auditor), ConfiguredWorkspace.Empty("acme"), null, null, TimeProvider.System);
        var asked = new FeedAsked(new(), null, null, null, null, Payloads: false, Progress: false);
        await send.Run(context, call, asked, await FeedRange.Of(store.For("acme"), asked, stop), ReadFeed.LimitMax);
        await context.Response.BodyWriter.FlushAsync(stop);
        return lines.Count == Events ? Events / running.Elapsed.TotalSeconds : throw new InvalidOperationException($"{lines.Count} events came.");
    }

    /// <summary>Counts the lines that are written to it.</summary>
    private sealed class Lines : Stream
    {
        public int Count { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Count((byte)'\n');
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override void Flush() { }
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

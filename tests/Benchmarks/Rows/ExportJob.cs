using System.Diagnostics;
using System.Security.Cryptography;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.Api.Hosting;
using EventMesh.Connectors;
using EventMesh.Connectors.S3;
using EventMesh.Delivery.Exports;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Exports;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.EventStore.Sealing;
using EventMesh.Projections.Index;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>
/// An export of a workspace's history from asking for it to its end: read in order, written, hashed, sealed and kept in the database in parts. The floor is COPY of the same rows, as text and unordered.
/// </summary>
internal sealed class ExportJob : IBenchmark
{
    private const int Events = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Name => "export-job";
    public string About => "an export of a workspace's events, asked for to finished, against COPY … TO STDOUT of the same rows";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        var database = await ground.Postgres.CreateDatabase("bench_export_job");
        await using var store = await OpenStore.Open(database, new GivenMasterKeys("bench:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), "the benchmark"));
        // Two workspaces, so that one's events do not lie next to each other.
        for (var n = 0; n < Events; n += 500)
        {
            var appends = Enumerable.Range(n, 500).SelectMany(i => new[] { "acme", "zeta" }.Select(w => store.For(w).Prepare($"evt_{i:x26}", "published_event", 0, [Sample.Event()], Sample.Now())));
            await store.AppendTogether([.. appends], stop);
        }
        await using var connection = await Ground.Connect(database);
        await Ground.Run(connection, "vacuum analyze mt_events");

        var exports = new WorkspaceExports(store);
        using var s3 = new S3Client(new AddressGuard([]), TimeProvider.System);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = Runner(store, exports, s3).Run(ending.Token);
        try
        {
            foreach (var gzip in new[] { false, true })
            {
                var (ours, floor) = await Rounds.InTurns(4, () => Export(exports, gzip, running, stop), () => Copy(connection, stop));
                print(new(gzip ? "export-job, gzip" : Name, ours, "events/s", floor, gzip ? new() : new(RatioAtLeast: 0.5)));
            }
        }
        finally
        {
            await ending.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<double> Export(WorkspaceExports exports, bool gzip, Task running, CancellationToken stop)
    {
        var id = (await exports.Start("acme", ExportSpec.Whole with { Gzip = gzip }, Sample.Now(), stop: stop))!.Id;
        ExportRow row = null!;
        await Eventually.True(async () =>
        {
            // A runner that has failed would be waited for in vain.
            if (running.IsCompleted) await running;
            return (row = (await exports.Find("acme", id, stop))!).Ended;
        }, Patience, "the export to end");
        if (row.State != ExportState.Finished || row.Events < Events) throw new InvalidOperationException($"The export is {row.State} ({row.Reason}) with {row.Events} events.");
        await exports.Delete("acme", id, stop);
        // By its own times: looking for its end is not measured.
        return Events / (row.FinishedAt!.Value - row.AskedAt).TotalSeconds;
    }

    private static async Task<double> Copy(Npgsql.NpgsqlConnection connection, CancellationToken stop)
    {
        var taken = Stopwatch.StartNew();
        using var copy = await connection.BeginTextExportAsync(
            "copy (select xid, seq_id, tenant_id, stream_id, version, type, data, timestamp, correlation_id, causation_id, user_name, headers, id, mt_dotnet_type, is_archived, bdata from mt_events where tenant_id = 'acme') to stdout", stop);
        var (buffer, lines) = (new char[64 * 1024], 0);
        for (int read; (read = await copy.ReadAsync(buffer.AsMemory(), stop)) > 0;) lines += buffer.AsSpan(0, read).Count('\n');
        return lines >= Events ? lines / taken.Elapsed.TotalSeconds : throw new InvalidOperationException($"{lines} rows came.");
    }

    private static ExportRunner Runner(Store store, WorkspaceExports exports, S3Client s3)
    {
        var form = new FeedForm(EdgeJson.Writing, (json, stored, _, _) => FeedLine.Write(json, stored), f => new FeedFilter(f.Types, f.Stream, f.Resource).ToStore(), _ => new(RedactionRules.ShapeOnly, 30));
        var follower = new IndexFollower(store, NullLogger<IndexFollower>.Instance);
        var refusals = new SecretRefusals(store, TimeProvider.System, NullLogger<SecretRefusals>.Instance);
        var secrets = new SecretResolver(store, follower, new(store, refusals, TimeProvider.System, NullLogger<SecretUses>.Instance), refusals, TimeProvider.System);
        // The log has a row of its own: without a signer an export ends where the history does.
        return new(store, exports, form, new ExportEnd(null, TimeProvider.System), s3, secrets, TimeProvider.System, NullLogger<ExportRunner>.Instance);
    }
}

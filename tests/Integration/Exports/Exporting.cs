using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using EventMesh.Connectors;
using EventMesh.Connectors.S3;
using EventMesh.Delivery.Exports;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Migrations;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Tests.Integration.Sealing;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventMesh.Tests.Integration.Exports;

/// <summary>A store with exports, and what a test does to them.</summary>
internal sealed class Exporting : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private Exporting(Store store, string database)
    {
        (Store, Database) = (store, database);
        Exports = new(store);
    }

    public Store Store { get; }
    public string Database { get; }
    public WorkspaceExports Exports { get; }

    public static async Task<Exporting> Open()
    {
        var sql = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src/Api/Exports/Migrations/0020_exports.sql"));
        IReadOnlyList<Migration> migrations = [.. Migrated.Delivery, new("api", 20, "exports", sql)];
        var database = await Migrated.Database("exports", migrations);
        return new(await Store.Open(new StoreOptions(database, MasterKeys: SealingTests.Keys(SealingTests.One)), ConfigurationEvents.All, migrations), database);
    }

    public static EventMetadata By(string actor = "key_1") => new(DateTimeOffset.UtcNow, actor, From: "192.0.2.0/24");

    /// <summary>Events of a kilobyte each, of a type of their own: what else happens in the workspace is not among them.</summary>
    public async Task Happen(string workspace, int count, string type = "thing_happened")
    {
        for (var n = 0; n < count; n += 100)
        {
            var of = Store.For(workspace);
            await Store.AppendTogether([.. Enumerable.Range(n, Math.Min(100, count - n)).Select(i => of.Prepare(
                $"{type}_{i:d6}", "thing", 0, [new NewEvent(type, "Some.Thing", Encoding.UTF8.GetBytes($$"""{"n":{{i}},"text":"{{Text(i)}}"}"""))], By()))]);
        }
    }

    // It can be compressed, but not to nothing.
    private static string Text(int n) => string.Concat(Enumerable.Range(0, 100).Select(i => $"planted-{(n * 7919 + i * 104_729) % 9973}"));

    public static ExportSpec Things(bool gzip = true, ExportFormat format = ExportFormat.Ndjson) => new(format, gzip, ExportFilter.All with { Types = ["thing_happened"] }, false, ExportTarget.Download);

    public async Task<string> Start(string workspace, ExportSpec? spec = null) => (await Exports.Start(workspace, spec ?? Things(), By()))?.Id ?? throw new InvalidOperationException("There is no room.");

    public async Task<ExportRow> Ended(string workspace, string id)
    {
        ExportRow row = null!;
        await Eventually.True(async () => (row = (await Exports.Find(workspace, id))!).Ended, Deadline, $"{id} to end");
        return row;
    }

    public Task Until(string workspace, string id, Func<ExportRow, bool> reached) => Eventually.True(async () => reached((await Exports.Find(workspace, id))!), Deadline, $"{id} to get there");

    public async Task<byte[]> Bytes(string workspace, string id)
    {
        await using var stream = await Exports.Download(workspace, id, By());
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public static string Unzipped(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var text = new StreamReader(gzip);
        return text.ReadToEnd();
    }

    /// <summary>A node that carries exports out, until it is let go. Its parts are as small as they can be: one chunk of lines each.</summary>
    /// <param name="line">Called before each line is written.</param>
    public Node Run(Action? line = null, long bytesMax = ExportLimits.DownloadBytesMax, WorkspaceExports? exports = null, int partsMax = S3Client.PartsMax)
    {
        var follower = new IndexFollower(Store, NullLogger<IndexFollower>.Instance);
        var refusals = new SecretRefusals(Store, TimeProvider.System, NullLogger<SecretRefusals>.Instance);
        var secrets = new SecretResolver(Store, follower, new(Store, refusals, TimeProvider.System, NullLogger<SecretUses>.Instance), refusals, TimeProvider.System);
        return new(new(Store, exports ?? Exports, Form(line), new ExportEnd(null, TimeProvider.System), new S3Client(new AddressGuard([IPNetwork.Parse("127.0.0.0/8")]), TimeProvider.System), secrets, TimeProvider.System, NullLogger<ExportRunner>.Instance)
        {
            PartBytes = 1,
            PartsMax = partsMax,
            DownloadBytesMax = bytesMax,
        }, follower);
    }

    public static FeedForm Form(Action? line = null) => new(default, (json, stored, _, _) =>
    {
        line?.Invoke();
        json.WriteStartObject();
        json.WriteString("position", stored.Event.Position.ToString());
        json.WritePropertyName("data");
        json.WriteRawValue(stored.Event.Data.Span);
        json.WriteEndObject();
    }, filter => new EventFilter { Types = filter.Types ?? [] }, _ => new(EventMesh.Domain.Redaction.RedactionRules.ShapeOnly, 30));

    /// <summary>What an export of the things has to be, made at once from what the store says.</summary>
    public async Task<List<PartWriter.Made>> Made(string workspace, ExportSpec spec)
    {
        var (of, made) = (Store.For(workspace), new List<PartWriter.Made>());
        // Transactions of other tests on the same server hold the feed back.
        await Eventually.True(async () => await of.FindEnd() == await of.ReadLastPosition(), Deadline, "the feed to come to the end");
        await using var writer = new PartWriter(Form(), spec, 1, 1);
        foreach (var stored in await of.ReadWhole(Position.Start, 100_000))
            if (spec.Filter.Types?.Contains(stored.Event.Type) != false && await writer.Add(stored, null) is { } part) made.Add(part);
        made.AddRange(await writer.End(Position.Start));
        return made;
    }

    public async Task<T> Ask<T>(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    internal sealed class Node : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Node(ExportRunner runner, IndexFollower follower) => running = Task.WhenAll(Keep(runner.Run), Keep(follower.Follow));

        // One that fails is started again, as the host does.
        private Task Keep(Func<CancellationToken, Task> run) => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await run(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }
}

using System.Buffers;
using System.Text.Json;
using EventMesh.Api.Features.Feed;
using EventMesh.Cli.Verifying;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Projections.Log;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Integration.Projections;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Log;

/// <summary>
/// A history of several workspaces in a database, with every kind of event that there is, and what a log says of it. A superuser changes it behind
/// everybody's back, and it is put back as it was.
/// </summary>
public sealed class LoggedHistory : IAsyncLifetime
{
    public static readonly string[] Workspaces = ["acme", "zeta", "nova"];
    private Opened opened = null!;

    /// <summary>The leaves of each workspace, as they were when all was well.</summary>
    public Dictionary<string, MerkleHash[]> Leaves { get; } = [];

    public async ValueTask InitializeAsync()
    {
        opened = await Opened.New("tamper", tells: true);
        foreach (var workspace in Workspaces)
        {
            var kind = 0;
            foreach (var alias in ConfigurationEvents.All.Aliases.Order(StringComparer.Ordinal))
                await opened.Append(workspace, $"stream-{kind++ % 20}", kind > 20 ? (kind - 1) / 20 : 0, Opened.Event($$"""{"kind": "{{alias}}", "of": {"b": [1.50, null, "é\n"], "a": {{kind}}}, "at": "2026-11-21T10:00:00Z"}""", alias));
            var history = new History(opened.Store, workspace);
            for (var i = 0; i < 10; i++)
            {
                await history.Route(2);
                await history.Succeed(2 * i);
            }
        }
        // Larger than what of a copy is read at once.
        await opened.Append("nova", "large", 0, Opened.Event($$"""{"text": "{{new string('x', 300_000)}}"}"""));
        await opened.CatchUp();
        await Sql("create table kept as select * from public.mt_events");
        foreach (var workspace in Workspaces) Leaves[workspace] = await ReadLeaves(workspace);
    }

    /// <summary>Does something that nobody may do, lets it be looked at, and undoes it.</summary>
    public async Task Tampered(string sql, Func<Task> look)
    {
        try
        {
            Assert.True(await Sql(sql) > 0, $"Nothing was changed by: {sql}");
            await opened.CatchUp();
            await look();
        }
        finally
        {
            await Sql("delete from public.mt_events; insert into public.mt_events select * from kept");
        }
    }

    /// <summary>What a check of a workspace's export says.</summary>
    /// <param name="checkpoints">Sizes with the roots that were signed.</param>
    internal async Task<HistoryCheck> Check(string workspace, IEnumerable<(long Size, MerkleHash Root)> checkpoints, IReadOnlyList<MerkleHash> leaves)
    {
        KnownCheckpoint[] known = [.. checkpoints.Select(c => new KnownCheckpoint($"{c.Size}.note", new(Checkpoint.OriginOf("mesh", workspace), c.Size, c.Root), ["mesh"]))];
        var check = new HistoryCheck(workspace, known, leaves, Extent.Whole);
        foreach (var line in await Export(workspace)) check.Take(line);
        check.End();
        return check;
    }

    /// <summary>As the feed and exports write it.</summary>
    public async Task<List<byte[]>> Export(string workspace)
    {
        var lines = new List<byte[]>();
        foreach (var whole in await Read(workspace))
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer)) FeedLine.Write(json, whole);
            lines.Add(buffer.WrittenSpan.ToArray());
        }
        return lines;
    }

    public async Task<MerkleHash[]> ReadLeaves(string workspace)
    {
        var canonical = new CanonicalEvent();
        return [.. (await Read(workspace)).Select(w => canonical.Leaf(StoredFields.Of(w)))];
    }

    public Task<List<WholeEvent>> Read(string workspace) => opened.Store.For(workspace).ReadWhole(Position.Start, 10_000);

    /// <summary>The leaves of all workspaces' events, in the order of the feed.</summary>
    public async Task<(List<(string Workspace, MerkleHash Leaf, Position At)> Leaves, CopiedPage Page)> ReadAll(int limit, int gatherBytes)
    {
        var (canonical, position, leaves) = (new CanonicalEvent(), new byte[Position.TextBytes], new List<(string, MerkleHash, Position)>());
        var page = await opened.Store.CopyFeed(StoredFields.Columns, Position.Start, limit, gatherBytes, (at, row) => leaves.Add((StoredFields.Workspace(row), canonical.Leaf(StoredFields.Of(row, at, position)), at)));
        return (leaves, page);
    }

    /// <summary>Every column of an event, with its type.</summary>
    public async Task<List<(string Name, string Type)>> Columns()
    {
        await using var connection = await opened.Connect();
        await using var command = new NpgsqlCommand("select column_name, udt_name from information_schema.columns where table_schema = 'public' and table_name = 'mt_events' order by ordinal_position", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new List<(string, string)>();
        while (await reader.ReadAsync()) columns.Add((reader.GetString(0), reader.GetString(1)));
        return columns;
    }

    // Even the triggers that refuse every change are no obstacle to a superuser.
    private async Task<int> Sql(string sql)
    {
        await using var connection = await opened.Connect();
        return await Opened.Run(connection, "set session_replication_role = replica; " + sql);
    }

    public ValueTask DisposeAsync() => opened.DisposeAsync();
}

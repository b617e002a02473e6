using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Migrations;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class RetentionTests : IAsyncLifetime
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(DateTime.UtcNow);

    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("retention");

    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task Partitions_go_when_their_longest_retention_is_over_with_their_files_and_longer_plans_keep_theirs()
    {
        (string Workspace, int Days)[] kept = [("short", 7), ("starter", 30), ("mine", 31), ("pro", 90), ("big", 365), ("own", 3_650)];
        foreach (var (workspace, days) in kept) await Publish(workspace, "evt_1", Today, days);
        await using var direct = await opened.Connect();
        var files = await Files(direct, $"payloads_{Today:yyyyMMdd}_30");
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(File.Exists(file), file));

        Assert.DoesNotContain((await Drop(Today.AddDays(7))).Dropped, IsOfToday);
        Assert.Equal([$"eventmesh.payloads_{Today:yyyyMMdd}_7"], (await Drop(Today.AddDays(8))).Dropped.Where(IsOfToday));
        Assert.DoesNotContain((await Drop(Today.AddDays(30))).Dropped, IsOfToday);
        Assert.Equal([$"eventmesh.payloads_{Today:yyyyMMdd}_30"], (await Drop(Today.AddDays(31))).Dropped.Where(IsOfToday));

        // The last file of a table that was dropped is unlinked by the next checkpoint.
        await Opened.Run(direct, "checkpoint");
        Assert.All(files, file => Assert.False(File.Exists(file), file));
        foreach (var (workspace, days) in kept)
            Assert.Equal(days > 30, await opened.Store.For(workspace).ReadPayload("evt_1", Today) is not null);

        await Drop(Today.AddDays(366));
        Assert.Equal(["own"], await Left());
        await Drop(Today.AddDays(3_651));
        Assert.Empty(await Left());

        async Task<List<string>> Left()
        {
            var left = new List<string>();
            foreach (var (workspace, _) in kept)
                if ((await opened.Store.ReadPayloads([(workspace, "evt_1", Today)]))[0].Body is not null) left.Add(workspace);
            return left;
        }
    }

    [Fact]
    public async Task Partitions_of_past_days_that_nobody_used_go_at_once()
    {
        await Publish("acme", "evt_1", Today, 30);
        await Drop(Today.AddDays(2));
        await using var direct = await opened.Connect();
        Assert.Equal($"payloads_{Today:yyyyMMdd}_30", await Opened.Ask(direct, $"select string_agg(c.relname, ', ') from pg_class c where c.relkind = 'r' and c.relname like 'payloads_{Today:yyyyMMdd}%'"));
    }

    [Fact]
    public async Task A_payload_whose_own_retention_is_over_is_not_read_though_it_is_there()
    {
        await Publish("acme", "evt_1", Today.AddDays(-5), 5);
        await Publish("acme", "evt_2", Today.AddDays(-6), 5);
        var acme = opened.Store.For("acme");
        Assert.NotNull(await acme.ReadPayload("evt_1", Today.AddDays(-5)));
        Assert.Null(await acme.ReadPayload("evt_2", Today.AddDays(-6)));
        (string, DateOnly)[] named = [("evt_1", Today.AddDays(-5)), ("evt_2", Today.AddDays(-6))];
        Assert.Equal(["evt_1"], await acme.FindPayloads(named));
        Assert.Equal(["evt_1"], (await acme.ReadPayloads(named)).Keys);
        Assert.Equal([true, false], (await opened.Store.ReadPayloads([.. named.Select(n => ("acme", n.Item1, n.Item2))])).Select(p => p.Body is not null));
        Assert.Equal([true, false], (await opened.Store.LoadTogether([.. named.Select(n => new Load("acme", n.Item1, n.Item1, n.Item2))])).Select(l => l.Payload is not null));
    }

    [Fact]
    public async Task What_found_no_partition_is_emptied_as_a_whole_when_all_of_it_is_over()
    {
        await Publish("acme", "evt_1", Today.AddDays(-9), 10);
        await Publish("acme", "evt_2", Today.AddDays(-9), 1);
        await using var direct = await opened.Connect();
        await Drop(Today.AddDays(1));
        Assert.Equal(2L, await Opened.Ask(direct, "select count(*) from eventmesh.payloads_default"));
        await Drop(Today.AddDays(2));
        Assert.Equal(0L, await Opened.Ask(direct, "select count(*) from eventmesh.payloads_default"));
    }

    [Fact]
    public async Task A_partition_that_is_read_delays_nobody_and_goes_when_its_reader_has_ended()
    {
        await Publish("acme", "evt_1", Today, 7);
        await using var reader = await opened.Connect();
        await Opened.Run(reader, $"begin; select * from eventmesh.payloads where day = '{Today:yyyy-MM-dd}'");

        var dropping = Drop(Today.AddDays(8));
        for (var i = 0; i < 20; i++) await Publish("acme", $"evt_during_{i}", Today, 30).WaitAsync(Eventually.Patience);
        Assert.False(dropping.IsCompleted);

        await Opened.Run(reader, "rollback");
        Assert.Contains($"eventmesh.payloads_{Today:yyyyMMdd}_7", (await dropping).Dropped);
    }

    [Fact]
    public async Task Reading_looks_at_the_partitions_of_the_days_that_were_asked_for()
    {
        await using var direct = await opened.Connect();
        var one = await Plan(direct, $"select p.body from eventmesh.payloads p where p.tenant_id = 'acme' and p.id = 'x' and p.day = '{Today:yyyy-MM-dd}'");
        // That which holds what found no partition is always among them.
        Assert.All(one.Where(n => n != "payloads_default"), name => Assert.StartsWith($"payloads_{Today:yyyyMMdd}", name, StringComparison.Ordinal));
        Assert.Equal(RetentionClasses.Longest.Count + 1, one.Count);

        var across = await Plan(direct, $"""
            select p.body from unnest(array['x', 'y']::varchar[], array['{Today:yyyy-MM-dd}', '{Today.AddDays(1):yyyy-MM-dd}']::date[]) as a(id, day)
            join eventmesh.payloads p on p.id = a.id and p.day = a.day and p.day = any(array['{Today:yyyy-MM-dd}', '{Today.AddDays(1):yyyy-MM-dd}']::date[])
            """);
        Assert.All(across.Where(n => !n.StartsWith("payloads_default", StringComparison.Ordinal)), name => Assert.True(name.StartsWith($"payloads_{Today:yyyyMMdd}", StringComparison.Ordinal) || name.StartsWith($"payloads_{Today.AddDays(1):yyyyMMdd}", StringComparison.Ordinal), name));
    }

    [Fact]
    public async Task Days_that_were_there_before_retention_stay_whole_and_go_by_what_is_in_them()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("whole_days");
        var steps = Migration.In(typeof(Store).Assembly, "event-store");
        await Migrator.Apply(database, [.. steps.Where(s => s.Number < 14)], default);
        await using var direct = new NpgsqlConnection(database);
        await direct.OpenAsync();
        var (first, second) = (Today.AddDays(-20), Today.AddDays(-10));
        foreach (var day in new[] { first, second, Today })
            await Opened.Run(direct, $"create table eventmesh.payloads_{day:yyyyMMdd} partition of eventmesh.payloads for values from ('{day:yyyy-MM-dd}') to ('{day.AddDays(1):yyyy-MM-dd}')");
        foreach (var (workspace, day) in new[] { ("acme", first), ("zeta", second) })
            await Opened.Run(direct, $"insert into eventmesh.payloads (tenant_id, day, id, body) values ('{workspace}', '{day:yyyy-MM-dd}', 'evt_1', 'body')");

        await using var after = await Opened.On(database);
        Assert.NotNull(await after.Store.For("acme").ReadPayload("evt_1", first));
        // A node of the version before.
        await Opened.Run(direct, $"select eventmesh.append_one_sealed('acme', 's', 't', 0, gen_random_uuid(), '{{}}', 't', 't', now(), null, null, null, null, 'evt_2', '{Today:yyyy-MM-dd}', null, 'body', null)");
        Assert.NotNull(await after.Store.For("acme").ReadPayload("evt_2", Today));

        int? PlanDays(string workspace) => workspace == "acme" ? 30 : null;
        await ExpiredPayloads.Drop(database, first.AddDays(30), PlanDays, TimeProvider.System, default);
        Assert.NotNull(await after.Store.For("acme").ReadPayload("evt_1", first));
        await ExpiredPayloads.Drop(database, first.AddDays(31), PlanDays, TimeProvider.System, default);
        Assert.Null(await after.Store.For("acme").ReadPayload("evt_1", first));
        Assert.NotNull(await after.Store.For("zeta").ReadPayload("evt_1", second));
    }

    private Task Publish(string workspace, string id, DateOnly day, int days) =>
        opened.Store.For(workspace).Append(id, "thing", 0, [Opened.Event()], Opened.Now, [new(id, day, null, "body"u8.ToArray()) { RetentionDays = days }]);

    private Task<(IReadOnlyList<string> Dropped, IReadOnlyList<string> Busy)> Drop(DateOnly today) =>
        ExpiredPayloads.Drop(opened.Database, today, _ => null, TimeProvider.System, default);

    private static bool IsOfToday(string partition) => partition.StartsWith($"eventmesh.payloads_{Today:yyyyMMdd}", StringComparison.Ordinal);

    /// <summary>Of a table, what is too long for its rows, and its indexes.</summary>
    private static async Task<List<string>> Files(NpgsqlConnection direct, string table)
    {
        var files = new List<string>();
        await using var command = new NpgsqlCommand($"""
            select current_setting('data_directory') || '/' || pg_relation_filepath(c.oid) from pg_class c
            where c.oid = 'eventmesh.{table}'::regclass or c.oid = (select reltoastrelid from pg_class where oid = 'eventmesh.{table}'::regclass)
              or c.oid in (select indexrelid from pg_index where indrelid = 'eventmesh.{table}'::regclass)
            """, direct);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) files.Add(reader.GetString(0));
        return files;
    }

    private static async Task<List<string>> Plan(NpgsqlConnection direct, string sql)
    {
        var names = new List<string>();
        await using var command = new NpgsqlCommand($"explain {sql}", direct);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            if (System.Text.RegularExpressions.Regex.Match(reader.GetString(0), "(?:Scan|Scan using .*) on (payloads_[a-z0-9_]+)") is { Success: true } scan) names.Add(scan.Groups[1].Value);
        return [.. names.Distinct(StringComparer.Ordinal)];
    }
}

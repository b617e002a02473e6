using EventMesh.EventStore;
using EventMesh.Projections.Audit;
using EventMesh.Projections.Rebuilding;
using EventMesh.Tests.Integration.Projections;
using Xunit;

namespace EventMesh.Tests.Integration.Audit;

public sealed class AuditProjectionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task There_is_one_row_for_every_event_even_for_those_that_nobody_can_read()
    {
        await using var database = await ProjectionDatabase.Create();
        var acme = await AuditQueryTests.Lived(database, "acme");
        var position = Position.Start;
        foreach (var (stream, type, data) in new[] { ("x_1", "event_routed", "[1]"), ("x_2", "delivery_succeeded", "\"of\""), ("x_3", new string('t', 500), "7"), ("x_4", "something_else", """{"connection":7,"rule":{"a":1},"kid":null}""") })
            position = await acme.Append(stream, "thing", 0, [new NewEvent(type, null, System.Text.Encoding.UTF8.GetBytes(data))], new(AuditQueryTests.At(30), new string('a', 400), new string('c', 400)), null, Stop);
        await using var running = Running.Start(database.Store, projection: AuditProjection.Projection);
        await running.Runner.Progress.WaitFor(position, Stop);

        Assert.Equal(0L, await database.Scalar<long>("select count(*) from public.mt_events e full join eventmesh.audit a on a.seq = e.seq_id and a.at = e.timestamp and a.tenant_id = e.tenant_id where a.seq is null or e.seq_id is null"));
        Assert.Equal(4, (await AuditQuery.List(acme, new() { Since = AuditQueryTests.At(30), Resource = null }, null, 50, Stop)).Items.Count);
        Assert.Single((await AuditQuery.List(acme, new() { Resource = "x_1" }, null, 50, Stop)).Items);
    }

    [Theory]
    [InlineData(500_000)]
    [InlineData(3)]
    public async Task A_rebuild_makes_the_rows_that_were_there_of_all_or_of_one_workspace_however_few_fit_in_memory(int rowsMax)
    {
        await using var database = await ProjectionDatabase.Create();
        await AuditQueryTests.Lived(database, "acme");
        await AuditQueryTests.Lived(database, "bolt");
        var right = await Rows(database);
        Assert.Equal(14, right.Count);

        await database.Execute("delete from eventmesh.audit where type = 'secret_used'; update eventmesh.audit set actor = 'nobody'");
        await new Rebuild(database.Store, AuditProjection.Projection, rowsMax).Whole(null, Stop);
        Assert.Equal(right, await Rows(database));

        await database.Execute("delete from eventmesh.audit where tenant_id = 'acme'");
        await new Rebuild(database.Store, AuditProjection.Projection, rowsMax).Workspace("acme", null, Stop);
        Assert.Equal(right, await Rows(database));
        Assert.Equal(7, (await AuditQuery.List(database.Store.For("acme"), AuditFilter.All, null, 50, Stop)).Items.Count);
    }

    [Fact]
    public async Task A_page_that_is_taken_in_again_adds_nothing()
    {
        await using var database = await ProjectionDatabase.Create();
        await AuditQueryTests.Lived(database, "acme");
        var before = await Rows(database);
        await database.Execute("update public.mt_event_progression set last_xid = '0', last_seq_id = 0");
        await AuditQueryTests.Lived(database, "bolt");
        Assert.Equal(before, (await Rows(database)).Where(r => r.StartsWith("acme", StringComparison.Ordinal)));
    }

    /// <summary>Every row without its generation, which says only which rebuild wrote it.</summary>
    private static async Task<List<string>> Rows(ProjectionDatabase database)
    {
        await using var command = database.Admin.CreateCommand(
            "select concat_ws(' ', tenant_id, at, seq, type, 'by', actor, 'c', correlation, 'e', elevation, 'o', outcome, 'r', resource_1, 'r', resource_2) from eventmesh.audit order by 1");
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(Stop)) rows.Add(reader.GetString(0));
        return rows;
    }
}

using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Audit;
using EventMesh.Tests.Integration.Projections;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Audit;

/// <summary>What is looked for lies behind 100,000 events of another kind.</summary>
public sealed class AuditPlanTests
{
    private const int Others = 100_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly AuditFilter[] Filters =
    [
        AuditFilter.All,
        new() { Actor = "key_1" },
        new() { Types = ["connection_changed"] },
        new() { Types = ["connection_changed", "connection_created", "rule_created"] },
        new() { Resource = "con_1" },
        new() { Resource = "evt_1" },
        new() { Correlation = "order-7" },
        new() { Correlation = "evt_1" },
        new() { Elevation = "elv_1" },
        new() { Outcome = "refused" },
        new() { Since = AuditQueryTests.At(0), Until = AuditQueryTests.At(3) },
        new() { Actor = "eventmesh", Resource = "con_1" },
        new() { Actor = "key_1", Types = ["connection_changed"], Outcome = "succeeded" },
        new() { Types = ["event_published"], Correlation = "order-7" },
        new() { Outcome = "succeeded", Resource = "rul_1" },
    ];

    [Fact]
    public async Task Whatever_is_asked_an_index_finds_it_and_no_page_goes_through_all_events()
    {
        await using var database = await ProjectionDatabase.Create();
        var acme = await AuditQueryTests.Lived(database, "acme");
        await Flood(database);

        foreach (var filter in Filters)
        {
            var page = await AuditQuery.List(acme, filter, null, 50, Stop);
            Assert.NotEmpty(page.Items);
            if (filter != AuditFilter.All) Assert.All(await acme.ReadSequences([.. page.Items.Select(i => i.Sequence)], Stop), e => Assert.NotEqual("evt_flood", e.Stream));
            var conditions = AuditIndex.Of(filter);
            foreach (var followed in conditions.Where(c => c.Followed is not null).DefaultIfEmpty(AuditIndex.Newest))
            {
                var plan = await Plan(acme, filter, AuditQuery.Statement(followed, [.. conditions.Where(c => c != followed).Select(c => c.Holds)], AuditQuery.LookedAtMax, 50));
                Assert.DoesNotContain(plan, line => line.Contains("Seq Scan on mt_events", StringComparison.Ordinal) || line.Contains("Seq Scan on audit", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task What_no_index_holds_by_itself_is_come_to_page_by_page()
    {
        await using var database = await ProjectionDatabase.Create();
        var acme = await AuditQueryTests.Lived(database, "acme");
        await Flood(database);
        var (found, pages) = (new List<AuditRow>(), 0);
        for (AuditCursor? cursor = null; ; pages++)
        {
            var page = await AuditQuery.List(acme, new() { Types = ["delivery_succeeded"] }, cursor, 50, Stop);
            found.AddRange(page.Items);
            if (page.Next is not { } next) break;
            cursor = next;
        }
        Assert.Single(found);
        Assert.Equal(Others / AuditQuery.LookedAtMax, pages);
    }

    private static async Task<List<string>> Plan(WorkspaceStore workspace, AuditFilter filter, string sql)
    {
        await using var session = await workspace.Session(Stop);
        session.Add(workspace.Workspace, AuditQuery.Bound("explain " + sql, filter, null));
        await using var reader = await session.Run(Stop);
        await reader.NextResultAsync(Stop);
        var plan = new List<string>();
        while (await reader.ReadAsync(Stop)) plan.Add(reader.GetString(0));
        return plan;
    }

    /// <summary>Later events that none of the filters wants, written by the statement that a flood of publishing would come to.</summary>
    private static async Task Flood(ProjectionDatabase database)
    {
        await database.Execute($$"""
            insert into public.mt_events (id, stream_id, version, data, type, timestamp, tenant_id, user_name, correlation_id, headers)
            select gen_random_uuid(), 'evt_flood', n, '{"id":"x"}', 'event_published', '2026-11-21 10:00+00'::timestamptz + n * interval '1 ms', 'acme', 'key_2', 'evt_flood', '{"from":"192.0.2.0/24"}'
            from generate_series(1, {{Others}}) n
            """);
        var last = await database.Store.For("acme").ReadLastPosition(Stop);
        await using var running = Running.Start(database.Store, projection: AuditProjection.Projection);
        await running.Runner.Progress.WaitFor(last, Stop);
        await database.Execute("analyze public.mt_events; analyze eventmesh.audit");
    }
}

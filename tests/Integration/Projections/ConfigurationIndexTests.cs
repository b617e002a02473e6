using System.Text.RegularExpressions;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Tests.Integration.EventStore;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

/// <summary>What configures a workspace is found without reading its events: by every node at its start, and at any past moment.</summary>
public sealed partial class ConfigurationIndexTests
{
    [Theory]
    [InlineData("ix_mt_events_configuration")]
    [InlineData("ix_mt_events_workspace_configuration")]
    public async Task Every_name_is_in_the_index_and_the_planner_still_sees_that_it_is(string index)
    {
        await using var database = await ProjectionDatabase.Create();

        var predicate = await database.Scalar<string>($"select pg_get_expr(indpred, indrelid) from pg_index where indexrelid = 'public.{index}'::regclass");

        var names = Name().Matches(predicate).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Empty(ConfigurationEvents.Types.Except(names));
        // PostgreSQL's own limit (predtest.c): of a longer list it does not see what it implies.
        Assert.InRange(names.Count, ConfigurationEvents.Types.Count, 100);
    }

    [Fact]
    public async Task One_workspaces_configuration_is_read_up_to_a_position_without_its_events_and_without_others()
    {
        await using var database = await ProjectionDatabase.Create();
        var (acme, other) = (database.Store.For("acme"), database.Store.For("other"));
        await acme.Append("a", "t", 0, [Opened.Event(type: "rule_created")], Opened.Now);
        await acme.Append("e", "t", 0, Opened.Events(3), Opened.Now);
        await other.Append("a", "t", 0, [Opened.Event(type: "rule_created")], Opened.Now);
        var at = await acme.Append("a", "t", 1, [Opened.Event(type: "rule_disabled")], Opened.Now);
        await acme.Append("a", "t", 2, [Opened.Event(type: "rule_enabled")], Opened.Now);

        var types = await acme.ReadUpTo(Position.Start, at, ConfigurationEvents.Types).Select(e => (e.Workspace, e.Type)).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([("acme", "rule_created"), ("acme", "rule_disabled")], types);
    }

    [GeneratedRegex("'([a-z_]+)'")]
    private static partial Regex Name();
}

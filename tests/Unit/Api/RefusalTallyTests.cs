using EventMesh.Api.Edge;
using EventMesh.Domain.Workspaces;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class RefusalTallyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private readonly RefusalTally tally = new();

    [Fact]
    public void The_first_of_a_kind_is_told_at_once_and_the_rest_when_its_minute_has_passed()
    {
        tally.Add(Kind("key_1"), "GET /a", "con_1", Now);
        tally.Add(Kind("key_1"), "GET /b", "con_2", Now.AddSeconds(1));
        var first = Assert.Single(tally.Take(Now.AddSeconds(2))).Refused;
        Assert.Equal(("key_1", "GET /a", "con_1", 2L, Now, Now.AddSeconds(1)), (first.Actor, first.Route, first.Resource, first.Count, first.FirstAt, first.LastAt));

        for (var i = 3; i < 50; i++) tally.Add(Kind("key_1"), "GET /c", null, Now.AddSeconds(i));
        Assert.Empty(tally.Take(Now.AddSeconds(59)));
        var rest = Assert.Single(tally.Take(Now.AddSeconds(60))).Refused;
        Assert.Equal((47L, "GET /c", Now.AddSeconds(3), Now.AddSeconds(49)), (rest.Count, rest.Route, rest.FirstAt, rest.LastAt));
        Assert.True(tally.IsEmpty);
    }

    [Fact]
    public void Nothing_is_told_of_a_minute_in_which_nothing_followed()
    {
        tally.Add(Kind("key_1"), null, null, Now);
        Assert.Single(tally.Take(Now));
        Assert.False(tally.IsEmpty);
        Assert.Empty(tally.Take(Now.AddMinutes(1)));
        Assert.True(tally.IsEmpty);
    }

    [Fact]
    public void At_the_end_everything_is_told()
    {
        tally.Add(Kind("key_1"), null, null, Now);
        tally.Take(Now);
        tally.Add(Kind("key_1"), null, null, Now);
        Assert.Single(tally.Take(Now, all: true));
        Assert.True(tally.IsEmpty);
    }

    [Fact]
    public void One_history_tells_so_many_kinds_apart_and_the_rest_together()
    {
        for (var i = 0; i < RefusalTally.KindsOfOneMax + 50; i++) tally.Add(Kind($"key_{i}"), null, null, Now);
        tally.Add(Kind("key_x", "bolt"), null, null, Now);
        var taken = tally.Take(Now);
        Assert.Equal(RefusalTally.KindsOfOneMax + 1, taken.Count(t => t.Kind.History == "acme"));
        var more = Assert.Single(taken, t => t.Kind.Reason == RefusalTally.More);
        Assert.Equal(("acme", RefusalTally.Several, 50L), (more.Kind.History, more.Refused.Actor, more.Refused.Count));
        Assert.Single(taken, t => t.Kind.History == "bolt");
    }

    [Fact]
    public void Many_networks_take_half_of_the_room_and_crowd_nobody_out()
    {
        for (var i = 0; i < 10 * RefusalTally.KindsOfOneMax; i++) tally.Add(Kind("unknown") with { From = $"198.51.{i / 256}.{i % 256}/24" }, null, null, Now);
        tally.Add(Kind("key_1") with { From = "192.0.2.0/24" }, null, null, Now);
        var taken = tally.Take(Now);
        Assert.Equal(RefusalTally.KindsOfOneMax / 2 + 2, taken.Count);
        Assert.Equal(10 * RefusalTally.KindsOfOneMax - RefusalTally.KindsOfOneMax / 2, Assert.Single(taken, t => t.Kind is { Actor: "unknown", From: null }).Refused.Count);
        Assert.Single(taken, t => t.Kind.Actor == "key_1");
    }

    [Fact]
    public void Over_all_histories_so_many_kinds_are_told_apart_and_the_rest_in_the_platforms()
    {
        for (var i = 0; i < RefusalTally.KindsMax + 7; i++) tally.Add(Kind("key_1", $"ws-{i}"), null, null, Now);
        var taken = tally.Take(Now);
        Assert.Equal(RefusalTally.KindsMax + 1, taken.Count);
        var more = Assert.Single(taken, t => t.Kind.Reason == RefusalTally.More);
        Assert.Equal((Workspace.PlatformId, 7L), (more.Kind.History, more.Refused.Count));
    }

    [Fact]
    public void What_could_not_be_written_is_told_again_with_what_came_meanwhile()
    {
        tally.Add(Kind("key_1"), "GET /a", null, Now);
        var lost = tally.Take(Now);
        tally.Add(Kind("key_1"), "GET /b", null, Now.AddSeconds(5));
        tally.PutBack(lost);
        var again = Assert.Single(tally.Take(Now.AddMinutes(1))).Refused;
        Assert.Equal((2L, Now, Now.AddSeconds(5)), (again.Count, again.FirstAt, again.LastAt));
    }

    private static RefusalTally.Kind Kind(string actor, string history = "acme") => new(history, actor, "read_rules", "role");
}

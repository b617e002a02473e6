using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Two nodes on one database, and what becomes of a limit when one of them ends.</summary>
public sealed class When_nodes_share_limits(NodePair nodes) : IClassFixture<NodePair>
{
    private readonly EventMeshProcess one = nodes.One;
    private readonly EventMeshProcess two = nodes.Two;

    [Fact]
    public async Task Together_they_accept_what_the_month_allows_to_the_last_event_and_never_more()
    {
        const int Month = 300;
        var (here, there) = await Limited($$"""{"events_per_month":{{Month}}}""");
        var accepted = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async publisher =>
        {
            // The first refusal may come while the other node holds shares that it has not spent yet.
            for (var n = 0; n < 40; n++)
                if ((await (publisher % 2 == 0 ? here : there).Publish(Workspace.Event($"{publisher}-{n}"))).Status == HttpStatusCode.Accepted) accepted.Add($"{publisher}-{n}");
        }));
        Assert.InRange(accepted.Count, Month * 3 / 4, Month);

        // What was not spent goes back when the workspace is idle, and is there for whoever asks then.
        var further = 0;
        await Eventually.True(async () =>
        {
            while (accepted.Count < 2 * Month && (await there.Publish(Workspace.Event($"further-{further++}"))).Status == HttpStatusCode.Accepted) accepted.Add($"further-{further}");
            return accepted.Count >= Month;
        }, TimeSpan.FromSeconds(30), "the rest to come back");
        Assert.Equal(Month, accepted.Count);
        (await here.Publish(Workspace.Event("one-more"))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
    }

    [Fact]
    public async Task Together_they_are_no_faster_than_one()
    {
        const int Burst = 400;
        var (here, there) = await Limited($$"""{"events_per_second":1,"events_burst":{{Burst}}}""");
        var (accepted, running) = (0, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async publisher =>
        {
            for (var n = 0; n < 50; n++)
                if ((await (publisher % 2 == 0 ? here : there).Publish(Workspace.Event($"{publisher}-{n}"))).Status == HttpStatusCode.Accepted) Interlocked.Increment(ref accepted);
        }));
        Assert.InRange(accepted, Burst * 3 / 4, Burst + (int)running.Elapsed.TotalSeconds);
    }

    [Fact]
    public async Task A_node_that_is_stopped_gives_back_what_it_had_not_spent_and_forgets_nothing_of_the_rest()
    {
        var (here, there) = await Limited("""{"events_per_month":200}""");
        for (var i = 0; i < 60; i++) (await there.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        Assert.Equal(0, await two.Terminate());
        try
        {
            for (var i = 60; i < 200; i++) (await here.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
            (await here.Publish(Workspace.Event("200"))).IsProblem(HttpStatusCode.TooManyRequests, "limit_exceeded");
        }
        finally
        {
            await two.StartAgain();
        }
    }

    [Fact]
    public async Task A_node_that_is_killed_takes_little_with_it_and_forgets_nothing_of_the_rest()
    {
        const int Month = 200;
        var (here, _) = await Limited($$"""{"events_per_month":{{Month}}}""");
        for (var i = 0; i < 60; i++) (await here.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        await one.Kill();
        await one.StartAgain();
        var accepted = 60;
        while (accepted <= Month && (await here.Publish(Workspace.Event($"{accepted}"))).Status == HttpStatusCode.Accepted) accepted++;
        Assert.InRange(accepted, Month * 3 / 4, Month);
    }

    [Fact]
    public async Task Of_connections_made_at_once_on_both_exactly_those_that_fit_are_made()
    {
        var (here, there) = await Limited("""{"connections":3}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? here : there).Post("/connections", """{"name":"hook","kind":"webhook","config":{"url":"http://127.0.0.1:9/"}}""")));
        Assert.Equal(3, answers.Count(a => a.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.IsProblem(HttpStatusCode.Conflict, "limit_reached"));
        Assert.Equal(3, (await there.Get("/connections")).Items.Count);
    }

    /// <summary>A new workspace with limits of its own, as each of the nodes serves it.</summary>
    private async Task<(Workspace Here, Workspace There)> Limited(string limits)
    {
        var here = await Workspace.New(one);
        var there = here.On(two);
        (await here.AsAdmin.Patch("", $$"""{"limits":{{limits}}}""")).Is(HttpStatusCode.OK);
        // A node hears of the change within milliseconds.
        await Eventually.True(async () => (await there.Caller.Get("/v1/workspaces")).Items.Any(w => w["id"]!.GetValue<string>() == here.Id && w["overrides"]!.AsObject().Count > 0),
            TimeSpan.FromSeconds(30), "the other node to hear of the limits");
        return (here, there);
    }
}

using EventMesh.Delivery.Sharing;
using Xunit;

namespace EventMesh.Tests.Unit.Delivery;

public class WorkspacePlacesTests
{
    private int share = 8;

    [Fact]
    public async Task As_many_run_as_may_and_the_next_waits_until_one_leaves()
    {
        var places = new WorkspacePlaces(() => share, TimeProvider.System);
        for (var i = 0; i < 8; i++) Assert.True(Entered(places, "con_" + i));
        var ninth = places.Enter("con_9")!;
        Assert.False(ninth.IsCompleted);
        places.Leave("con_0");
        Assert.True(ninth.IsCompletedSuccessfully && await ninth);
    }

    [Fact]
    public void One_connection_leaves_the_last_quarter_to_others()
    {
        var places = new WorkspacePlaces(() => share, TimeProvider.System);
        for (var i = 0; i < 6; i++) Assert.True(Entered(places, "con_hangs"));
        var seventh = places.Enter("con_hangs")!;
        Assert.False(seventh.IsCompleted);
        Assert.True(Entered(places, "con_runs"));
        Assert.True(Entered(places, "con_runs"));
        places.Leave("con_runs");
        Assert.False(seventh.IsCompleted);
        places.Leave("con_hangs");
        Assert.True(seventh.IsCompletedSuccessfully);
    }

    [Fact]
    public void One_that_may_not_go_holds_up_nobody_behind_it()
    {
        var places = new WorkspacePlaces(() => share, TimeProvider.System);
        for (var i = 0; i < 6; i++) Assert.True(Entered(places, "con_hangs"));
        Assert.True(Entered(places, "con_a") && Entered(places, "con_b"));
        var hanging = places.Enter("con_hangs")!;
        var behind = places.Enter("con_c")!;
        places.Leave("con_a");
        Assert.False(hanging.IsCompleted);
        Assert.True(behind.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_share_of_one_serves_everybody_in_turn()
    {
        share = 1;
        var places = new WorkspacePlaces(() => share, TimeProvider.System);
        Assert.True(Entered(places, "con_1"));
        var second = places.Enter("con_2")!;
        places.Leave("con_1");
        Assert.True(second.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_share_that_grew_lets_in_who_waits_and_one_that_is_gone_sends_them_away()
    {
        share = 1;
        var places = new WorkspacePlaces(() => share, TimeProvider.System);
        Assert.True(Entered(places, "con_1"));
        var (second, third) = (places.Enter("con_2")!, places.Enter("con_3")!);
        share = 2;
        Assert.False(places.Look(others: false));
        Assert.True(second.IsCompleted && await second);
        share = 0;
        Assert.False(places.Look(others: false));
        Assert.True(third.IsCompleted && !await third);
        Assert.False(Entered(places, "con_4"));
    }

    [Fact]
    public void What_nobody_uses_is_closed_for_good()
    {
        var places = new WorkspacePlaces(() => share, TimeProvider.System);
        Assert.True(Entered(places, "con_1"));
        Assert.False(places.Look(others: false));
        places.Leave("con_1");
        Assert.True(places.Look(others: false));
        Assert.Null(places.Enter("con_1"));
    }

    [Fact]
    public async Task Where_there_are_other_nodes_some_that_wait_for_long_are_handed_back_youngest_first()
    {
        share = 1;
        var clock = new Clock();
        var places = new WorkspacePlaces(() => share, clock);
        Assert.True(Entered(places, "con_0"));
        var waiting = Enumerable.Range(1, 6).Select(i => places.Enter("con_" + i)!).ToArray();
        places.Look(others: true);
        clock.Now += TimeSpan.FromSeconds(1);
        places.Look(others: false);
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        places.Look(others: true);
        Assert.Equal([false, false, true, true, true, true], waiting.Select(w => w.IsCompleted));
        Assert.False(await waiting[5]);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => Now.Ticks;
    }

    [Theory]
    [InlineData(64, 1), InlineData(64, 3), InlineData(5, 2), InlineData(2, 3), InlineData(0, 4)]
    public void The_parts_of_all_nodes_add_up_to_the_whole_and_differ_by_one(int whole, int nodes)
    {
        var parts = Enumerable.Range(0, nodes).Select(rank => WorkerNodes.Part(whole, rank, nodes)).ToArray();
        Assert.Equal(whole, parts.Sum());
        Assert.InRange(parts.Max() - parts.Min(), 0, 1);
    }

    [Fact]
    public async Task A_workspace_holds_a_quarter_of_what_is_free_and_the_next_always_finds_some()
    {
        var places = new NodePlaces(100);
        var stop = TestContext.Current.CancellationToken;
        var held = new List<int>();
        for (var workspace = 0; workspace < 10; workspace++)
        {
            var count = 0;
            while (await places.Take("ws_" + workspace, stop)) count++;
            held.Add(count);
        }
        Assert.Equal(20, held[0]);
        Assert.All(held, h => Assert.InRange(h, NodePlaces.Least, 20));
        places.Release("ws_0", held[0]);
        Assert.True(await places.Take("ws_0", stop));
    }

    private static bool Entered(WorkspacePlaces places, string connection) => places.Enter(connection) is { IsCompletedSuccessfully: true, Result: true };
}

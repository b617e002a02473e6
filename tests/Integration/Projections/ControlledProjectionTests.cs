using EventMesh.Domain.Projections;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

public sealed class ControlledProjectionTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"of":{"event":7}}""", "delivery_succeeded", "token type")]
    [InlineData("{}", "delivery_succeeded", "is missing")]
    [InlineData("""{"retry_at":"4711"}""", "delivery_attempt_failed", "does not have the form")]
    public async Task A_broken_event_is_told_and_skipped_by_command_and_everything_behind_it_is_taken_in(string data, string type, string reason)
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "broken");
        await history.Route(1);
        var broken = await history.Store.Append("dlv_broken", "delivery", 0, [new NewEvent(type, null, System.Text.Encoding.UTF8.GetBytes(data))], new(Now), stop: Stop);
        await history.Route(2);
        await using var running = Running.Start(database.Store);
        var report = await Told(database, ProjectionState.Stopped);
        Assert.Equal((broken, "broken", "dlv_broken", type), (report.Stopped!.Position, report.Stopped.Workspace, report.Stopped.Stream, report.Stopped.Type));
        Assert.Contains(reason, report.Stopped.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Single(await database.Deliveries());

        // Tried again, it is as it was.
        await Ask(database, new ProjectionCommand.RetryEvent(broken.ToString(), Now));
        await Eventually.True(async () => (await Read(database)).Stopped is { } again && again.Since > report.Stopped.Since, Deadline, "the second try");
        await Ask(database, new ProjectionCommand.SkipEvent(broken.ToString(), broken.ToString(), Now));

        await Eventually.True(async () => (await database.Deliveries()).Count == 3, Deadline, "what came behind it");
        Assert.Null((await Told(database, ProjectionState.Running)).Stopped);
        await running.Runner.Progress.WaitFor(history.Last, Stop);
    }

    [Fact]
    public async Task A_rebuild_passes_over_what_was_skipped_and_nothing_else()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "broken");
        await history.Route(1);
        var broken = await history.Store.Append("dlv_broken", "delivery", 0, [new NewEvent("delivery_succeeded", null, "{}"u8.ToArray())], new(Now), stop: Stop);
        await history.Route(1);
        await Ask(database, new ProjectionCommand.SkipEvent(broken.ToString(), broken.ToString(), Now));

        await EventStore.Opened.CatchUp(database.Options.ConnectionString);
        await new EventMesh.Projections.Rebuilding.Rebuild(database.Store, DeliveriesProjection.Projection).Whole(null, Stop);

        Assert.Equal(2, (await database.Deliveries()).Count);
        await history.Store.Append("dlv_broken", "delivery", 1, [new NewEvent("delivery_succeeded", null, "{}"u8.ToArray())], new(Now), stop: Stop);
        await Eventually.True(async () =>
        {
            // Transactions of other tests may keep the feed from coming to it at first.
            var rebuilding = new EventMesh.Projections.Rebuilding.Rebuild(database.Store, DeliveriesProjection.Projection).Whole(null, Stop);
            await rebuilding.ContinueWith(_ => { }, TaskScheduler.Default);
            return rebuilding.Exception?.InnerException is BrokenEvent;
        }, Deadline, "the rebuild to come to the second broken event");
    }

    [Fact]
    public async Task What_waits_for_a_decision_goes_on_when_a_rebuild_has_got_past_it()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "one");
        await history.Route(1);
        var strict = DeliveriesProjection.Projection with { Begin = () => new Refusing() };
        await using var running = Running.Start(database.Store, projection: strict);
        await Told(database, ProjectionState.Stopped);

        await new EventMesh.Projections.Rebuilding.Rebuild(database.Store, DeliveriesProjection.Projection).Whole(null, Stop);

        Assert.Null((await Told(database, ProjectionState.Running)).Stopped);
        Assert.Single(await database.Deliveries());
    }

    [Fact]
    public async Task Paused_and_resumed_it_rests_on_whichever_node_runs_it()
    {
        await using var database = await ProjectionDatabase.Create();
        await using var another = await Store.Open(database.Options, EventMesh.Projections.Index.ConfigurationEvents.All);
        var history = new History(database.Store, "one");
        await history.Route(1);
        Running? first = Running.Start(database.Store);
        await first.Runner.Progress.WaitFor(history.Last, Stop);
        await using var second = Running.Start(another);

        await Ask(database, new ProjectionCommand.PauseProjection(Now));
        await Told(database, ProjectionState.Paused);
        await history.Route(1);
        await first.DisposeAsync();
        // The other node has the lease now, and rests too.
        await Eventually.True(() => Task.FromResult(second.Runner.Status.State == ProjectionState.Paused), Deadline, "the other node to rest");
        Assert.Single(await database.Deliveries());

        await Ask(database, new ProjectionCommand.ResumeProjection(Now));
        await second.Runner.Progress.WaitFor(history.Last, Stop);
        Assert.Equal(2, (await database.Deliveries()).Count);
        await Told(database, ProjectionState.Running);
    }

    private static async Task<ProjectionReport> Told(ProjectionDatabase database, ProjectionState state)
    {
        await Eventually.True(async () => (await ProjectionReports.Read(database.Store, Stop)).Any(r => r.State == state), Deadline, $"the projection to be {state}");
        return await Read(database);
    }

    private static async Task<ProjectionReport> Read(ProjectionDatabase database) => (await ProjectionReports.Read(database.Store, Stop)).Single();

    private static Task Ask(ProjectionDatabase database, ProjectionCommand command) => database.Store.For(Workspace.PlatformId).Decide<ProjectionControl, ProjectionEvent>(
        ProjectionControl.StreamOf("deliveries"), "projection", ProjectionControl.Initial, ProjectionControl.Evolve, s => ProjectionControlDecider.Decide(command, s), new(Now), null, Stop);

    /// <summary>A projection that can take in nothing.</summary>
    private sealed class Refusing : ProjectionFold
    {
        public override int Rows => 0;
        public override void Clear() { }
        public override void Take(Position position, string workspace, string stream, string type, ReadOnlySpan<byte> data) => throw new InvalidOperationException("It takes nothing.");
        public override IEnumerable<Npgsql.NpgsqlBatchCommand> Upsert(string table, int? generation, int rowsMax) => [];
        public override Task Copy(Npgsql.NpgsqlConnection connection, string table, int rowsMax, CancellationToken stop) => Task.CompletedTask;
    }
}

using System.Net;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_backup_is_restored
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_history_is_that_of_the_moment_its_checkpoint_proves_it_and_deliveries_go_on()
    {
        await using var postgres = await PostgresServer.Start();
        var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "eventmesh" }.ToString();
        await using var process = await RunningMesh.StartOn(database);
        await using var receiver = await Receiver.Start();
        var workspace = await Workspace.New(process);
        await workspace.Rule("{}", await workspace.Connection(receiver.Url("/hook").OriginalString));
        await Delivered(workspace, receiver, "before the backup", 1);
        await postgres.Backup();
        await Delivered(workspace, receiver, "after the backup", 2);
        var fitting = await Verifying.Checkpoint(workspace);
        var key = await Verifying.Key(workspace);
        var moment = await Now(database);
        var lost = await Delivered(workspace, receiver, "lost", 3);
        var beyond = await Verifying.Checkpoint(workspace, Verifying.Size(fitting));
        await Archived(database);

        await process.Kill();
        await postgres.Kill();
        await postgres.Restore(moment);
        await postgres.StartAgain();
        await process.StartAgain();

        var history = (await workspace.Get("/feed?limit=1000")).Is(HttpStatusCode.OK).Text;
        Assert.Contains("after the backup", history, StringComparison.Ordinal);
        Assert.DoesNotContain("lost", history, StringComparison.Ordinal);
        Assert.Equal(0, (await Verifying.Run(history, key, [fitting])).Code);
        var cut = await Verifying.Run(history, key, [beyond]);
        Assert.Equal((1, "cut"), (cut.Code, cut.Json["first_misfit"]!["reason"]!.GetValue<string>()));
        Assert.InRange(cut.Json["first_misfit"]!["index"]!.GetValue<long>(), Verifying.Size(fitting), Verifying.Size(beyond) - 1);

        var next = await Delivered(workspace, receiver, "after the restore", receiver.Arrived.Count + 1);
        // No position is ever given twice, and none that comes now is below one that was given.
        Assert.True(string.CompareOrdinal(next, lost) > 0, $"{next} does not come after {lost}.");
        // Whoever holds a position of what was lost is told, and does not miss what comes in its place.
        (await workspace.Get($"/feed?after={lost}")).IsProblem(HttpStatusCode.Conflict, "position_unknown");
        Assert.Contains("after the restore", (await workspace.Get("/feed?limit=1000")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }

    private static async Task<string> Delivered(Workspace workspace, Receiver receiver, string subject, int arrivals)
    {
        var published = (await workspace.Publish(Workspace.Event(subject.Replace(' ', '-'), further: $",\"subject\":\"{subject}\""))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count >= arrivals && receiver.Arrived.Any(a => a.Text.Contains(subject, StringComparison.Ordinal))), Patience, subject);
        // Its outcome, too, is stored.
        await Eventually.True(async () => (await workspace.Get("/deliveries?status=delivered")).Items.Count >= (subject == "after the restore" ? 3 : arrivals), Patience, $"{subject} to be known as delivered");
        return published["position"];
    }

    private static async Task<DateTimeOffset> Now(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Archived(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_walfile_name(pg_switch_wal())", connection);
        var segment = (string)(await command.ExecuteScalarAsync())!;
        await using var archived = new NpgsqlCommand("select last_archived_wal >= $1 from pg_stat_archiver", connection) { Parameters = { new() { Value = segment } } };
        await Eventually.True(async () => await archived.ExecuteScalarAsync() is true, Patience, "the log to be archived");
    }
}

using System.Net;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_backup_is_restored
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_history_is_that_of_the_moment_its_checkpoint_proves_it_and_queues_reconcile()
    {
        await using var postgres = await PostgresServer.Start();
        var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "eventmesh" }.ToString();
        await using var process = await RunningMesh.StartOn(database);
        await using var receiver = await Receiver.Start();
        var workspace = await Workspace.New(process);
        await workspace.Rule("{}", await workspace.Connection(receiver.Url("/hook").OriginalString));
        await Delivered(workspace, receiver, "before the backup", 1);
        await postgres.Backup();
        // One more, and the one before it goes with the log that it alone needed.
        var (first, log) = (Bases(postgres).Single(), Log(postgres));
        await postgres.Backup(keep: 1);
        Assert.True(string.CompareOrdinal(Bases(postgres).Single(), first) > 0);
        Assert.NotEmpty(log.Except(Log(postgres)));
        await Delivered(workspace, receiver, "after the backup", 2);
        var answers = new TaskCompletionSource();
        receiver.Hold = (_, _) => answers.Task;
        var last = await Arrived(workspace, receiver, "under way");
        await HandedOver(database, last);
        var fitting = await Verifying.Checkpoint(workspace);
        var key = await Verifying.Key(workspace);
        var moment = await Now(database);
        answers.SetResult();
        var lost = await Delivered(workspace, receiver, "lost", 4);
        var beyond = await Verifying.Checkpoint(workspace, Verifying.Size(fitting));
        var never = new TaskCompletionSource();
        receiver.Hold = (_, _) => never.Task;
        await Arrived(workspace, receiver, "lost under way");
        await Archived(database);

        await process.Kill();
        await postgres.Kill();
        receiver.Hold = (_, _) => Task.CompletedTask;
        await postgres.Restore(moment);
        await postgres.StartAgain();
        await process.StartAgain();

        // What was under way then is so again: a broker had it taken from its queue since, and still has what was put there in the part that is lost.
        await Eventually.True(() => Task.FromResult(Arrivals(receiver, "under way") == 2), Patience, "what was under way to be delivered again");
        Assert.Single(receiver.Arrived.Where(a => a.Text.Contains("\"under way\"", StringComparison.Ordinal)).Select(a => a.WebhookId).Distinct());
        await Eventually.True(async () => (await workspace.Get("/deliveries?status=delivered")).Items.Count == 3, Patience, "what was under way to be known as delivered");
        if (OwnServers.Broker == "rabbitmq") await Eventually.True(() => Task.FromResult(process.Lines.Any(l => l.Contains("delivery.cut_off", StringComparison.Ordinal))), Patience, "the broker's dispatch to be settled");

        var history = (await workspace.Get("/feed?limit=1000")).Is(HttpStatusCode.OK).Text;
        Assert.Contains("after the backup", history, StringComparison.Ordinal);
        Assert.DoesNotContain("lost", history, StringComparison.Ordinal);
        Assert.DoesNotContain("delivery_discarded", history, StringComparison.Ordinal);
        Assert.Equal(0, (await Verifying.Run(history, key, [fitting])).Code);
        var cut = await Verifying.Run(history, key, [beyond]);
        Assert.Equal((1, "cut"), (cut.Code, cut.Json["first_misfit"]!["reason"]!.GetValue<string>()));
        Assert.InRange(cut.Json["first_misfit"]!["index"]!.GetValue<long>(), Verifying.Size(fitting), Verifying.Size(beyond) - 1);

        // Published again, it is accepted anew, and comes with the webhook-id that it had.
        var next = await Delivered(workspace, receiver, "lost under way", 4);
        Assert.Equal(2, Arrivals(receiver, "lost under way"));
        Assert.Single(receiver.Arrived.Where(a => a.Text.Contains("\"lost under way\"", StringComparison.Ordinal)).Select(a => a.WebhookId).Distinct());
        // No position is ever given twice, and none that comes now is below one that was given.
        Assert.True(string.CompareOrdinal(next, lost) > 0, $"{next} does not come after {lost}.");
        // Whoever holds a position of what was lost is told, and does not miss what comes in its place.
        (await workspace.Get($"/feed?after={lost}")).IsProblem(HttpStatusCode.Conflict, "position_unknown");
        Assert.Contains("lost under way", (await workspace.Get("/feed?limit=1000")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }

    private static string[] Bases(PostgresServer postgres) => [.. Directory.GetDirectories(postgres.Backups + "/base").Select(d => Path.GetFileName(d)!)];

    private static string[] Log(PostgresServer postgres) => [.. Directory.GetFiles(postgres.Backups + "/wal").Select(f => Path.GetFileName(f)!)];

    private static int Arrivals(Receiver receiver, string subject) => receiver.Arrived.Count(a => a.Text.Contains($"\"{subject}\"", StringComparison.Ordinal));

    /// <summary>Publishes and waits until the target has it; whether it has answered is another matter.</summary>
    /// <returns>The position of the event.</returns>
    private static async Task<string> Arrived(Workspace workspace, Receiver receiver, string subject)
    {
        var before = Arrivals(receiver, subject);
        var published = (await workspace.Publish(Workspace.Event(subject.Replace(' ', '-'), further: $",\"subject\":\"{subject}\""))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(Arrivals(receiver, subject) > before), Patience, subject);
        return published["position"];
    }

    private static async Task<string> Delivered(Workspace workspace, Receiver receiver, string subject, int delivered)
    {
        var position = await Arrived(workspace, receiver, subject);
        // Its outcome, too, is stored.
        await Eventually.True(async () => (await workspace.Get("/deliveries?status=delivered")).Items.Count == delivered, Patience, $"{subject} to be known as delivered");
        return position;
    }

    /// <summary>A broker has it, and the dispatcher has noted that; in process its place stays behind until the delivery is over.</summary>
    private static async Task HandedOver(string database, string position)
    {
        if (OwnServers.Broker != "rabbitmq") return;
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        // The event that routes it stands behind it.
        await using var command = new NpgsqlCommand("""
            select (p.last_xid, p.last_seq_id) >= (select r.xid, r.seq_id from public.mt_events e join public.mt_events r on r.tenant_id = e.tenant_id and r.stream_id = e.stream_id and r.type = 'event_routed'
              where e.xid = $1::xid8 and e.seq_id = $2) from public.mt_event_progression p where p.name = 'dispatcher'
            """, connection);
        command.Parameters.Add(new() { Value = Convert.ToInt64(position[..12], 16).ToString() });
        command.Parameters.Add(new() { Value = Convert.ToInt64(position[13..], 16) });
        await Eventually.True(async () => await command.ExecuteScalarAsync() is true, Patience, "the dispatcher to move on");
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

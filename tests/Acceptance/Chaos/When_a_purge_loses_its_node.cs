using System.Net;
using EventMesh.Tests.Acceptance.Offboarding;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>A node is killed in every step of a purge, at its beginning or in its middle; the next takes it over, and the receipt counts the same.</summary>
public sealed class When_a_purge_loses_its_node
{
    private const string Id = "leaving";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);
    private static readonly string[] Steps = ["stop", "tokens", "shut", "keys", "queues", "payloads", "streams", "rows", "sweep"];

    [Fact]
    public async Task It_ends_as_if_nothing_had_happened_and_harms_nobody()
    {
        await using var server = await PostgresServer.Start();
        await using var broker = await OwnBroker.Start();
        var database = await server.CreateDatabase("chaos");
        var erasure = Directory.CreateTempSubdirectory("eventmesh-chaos-purge-").FullName;
        var settings = new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-this-test", ["EVENTMESH_ERASURE_KEYS"] = erasure,
        };
        broker.Setting(settings);
        await using var receiver = await Receiver.Start();
        await using var node = await EventMeshProcess.Start(settings);
        await Furnish(node, receiver, "staying");
        var leaving = await Furnish(node, receiver, Id);
        var others = await Rows.OfOthers(database, Id);
        await Rows.OfOthers(database, "staying");
        await broker.PutUnreadable("staying", "not a dispatch");
        await broker.PutUnreadable(Id, "not a dispatch");
        var queues = await broker.Queues();
        var had = await Rows.Of(database, Id);

        await using var holder = new NpgsqlConnection(database);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await Run(holder, """
            create table public.held_step (step text); insert into public.held_step values ('stop');
            grant select on public.held_step to public;
            create function public.hold_step() returns trigger language plpgsql as $$ begin
              if new.step = (select h.step from public.held_step h) and (new.step in ('stop', 'shut', 'rows') or new.counts <> '{}') then perform pg_advisory_xact_lock(4711); end if;
              return new;
            end $$;
            create trigger hold_step after insert or update on eventmesh.purges for each row execute function public.hold_step();
            """);
        await Run(holder, "select pg_advisory_lock(4711)");
        (await leaving.Post("/close", $$"""{"grace_days":0,"confirm":"{{Id}}"}""")).Is(HttpStatusCode.OK);
        foreach (var step in Steps)
        {
            await Run(holder, $"update public.held_step set step = '{step}'");
            await Eventually.True(async () => await Waiting() is not null, Soon, $"the step {step} to be under way");
            await node.Kill();
            // What it had under way in the database is lost one time, and committed the other.
            if (Array.IndexOf(Steps, step) % 2 == 0) await Run(holder, $"select pg_terminate_backend({await Waiting()})");
            await Run(holder, "update public.held_step set step = ''");
            await Run(holder, "select pg_advisory_unlock(4711)");
            await Eventually.True(async () => await Waiting() is null, Soon, "the session of the dead node to end");
            await Run(holder, "select pg_advisory_lock(4711)");
            if (step != Steps[^1]) await Run(holder, $"update public.held_step set step = '{Steps[Array.IndexOf(Steps, step) + 1]}'");
            await node.StartAgain();
        }
        var admin = new Caller(node.Client());
        await Eventually.True(async () => (await admin.Get($"/v1/workspaces/{Id}/purge")) is { Status: HttpStatusCode.OK } seen && seen["state"] == "finished", Soon, "the purge to finish");

        Assert.Empty(await Rows.Of(database, Id));
        var after = await Rows.OfOthers(database, Id);
        Rows.Same(others, after);
        await broker.SameWithout(Id, queues);
        Assert.Equal(["staying.key"], Directory.GetFiles(erasure).Select(Path.GetFileName));
        var receipt = (await admin.Get($"/v1/workspaces/{Id}/purge/receipt")).Is(HttpStatusCode.OK).Text.Split('\n');
        Assert.Contains("destroyed keys erasure_keys: 1", receipt);
        Assert.Contains($"destroyed queues queued_messages: {(queues.Count > 0 ? 1 : 0)}", receipt);
        // The closing and the purge are told in the history that goes.
        Assert.Equal(had["public.mt_events"] + 2, Destroyed("public.mt_events"));
        foreach (var table in (string[])["public.mt_streams", "eventmesh.payloads", "eventmesh.secrets", "eventmesh.data_keys", "eventmesh.deliveries", "eventmesh.connection_health"]) Assert.Equal(had[table], Destroyed(table));
        Directory.Delete(erasure, recursive: true);

        long Destroyed(string what) => receipt.Where(l => l.StartsWith("destroyed ", StringComparison.Ordinal) && l.Contains($" {what}: ", StringComparison.Ordinal))
            .Sum(l => long.Parse(l[(l.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

        async Task<int?> Waiting() => await Rows.Ask(database, "select pid from pg_locks where locktype = 'advisory' and objid = 4711 and not granted limit 1") as int?;
    }

    private static async Task<Workspace> Furnish(EventMeshProcess node, Receiver receiver, string id)
    {
        var workspace = await Workspace.Create(node, $$"""{"id":"{{id}}","name":"{{id}}"}""");
        await workspace.Rule("{}", await workspace.Connection(receiver.Url("/" + id).ToString()));
        // The one that stays is quiet, so that it can be compared.
        if (id == Id) await workspace.Rule("{}", await workspace.Connection("http://127.0.0.1:9/down", ",\"retry_schedule\":[3600]"));
        (await workspace.Post("/secrets", """{"name":"token","value":"a-secret-value-of-a-workspace"}""")).Is(HttpStatusCode.Created);
        for (var i = 0; i < 20; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/" + id) == 20), Soon, "all to be delivered");
        return workspace;
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

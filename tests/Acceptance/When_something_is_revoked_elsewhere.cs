using System.Diagnostics;
using System.Net;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Two nodes, one of which may be kept from hearing anything.</summary>
public sealed class CutOff : IAsyncLifetime
{
    private PostgresServer server = null!;

    /// <summary>Between the second node and the database.</summary>
    public Relay Relay { get; private set; } = null!;

    public EventMeshProcess One { get; private set; } = null!;
    public EventMeshProcess Two { get; private set; } = null!;
    public string Database { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        // Its own: another test's long transaction would hold the feed back.
        server = await PostgresServer.Start();
        Database = await server.CreateDatabase("revoked");
        Relay = Relay.To(new NpgsqlConnectionStringBuilder(Database).Port);
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = Database, ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-these-nodes" };
        One = await EventMeshProcess.Start(settings);
        settings["EVENTMESH_POSTGRES"] = new NpgsqlConnectionStringBuilder(Database) { Host = "127.0.0.1", Port = Relay.Port }.ConnectionString;
        settings["EVENTMESH_ROLES"] = "api";
        Two = await EventMeshProcess.Start(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Two.DisposeAsync();
        await One.DisposeAsync();
        await Relay.DisposeAsync();
        await server.DisposeAsync();
    }
}

/// <summary>What is revoked through one node holds on another within a second; also when the other hears nothing of it.</summary>
public sealed class When_something_is_revoked_elsewhere(CutOff nodes) : IClassFixture<CutOff>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_key_is_refused_on_every_node()
    {
        var (here, id, there) = await Key();
        (await there.Get("/connections")).Is(HttpStatusCode.OK);
        (await here.Delete("/keys/" + id)).Is(HttpStatusCode.NoContent);
        await Refused(there, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_is_let_in_by_no_node_that_cannot_know()
    {
        var (here, id, there) = await Key();
        (await there.Get("/connections")).Is(HttpStatusCode.OK);
        nodes.Relay.FallSilent();
        (await here.Delete("/keys/" + id)).Is(HttpStatusCode.NoContent);
        await Refused(there, HttpStatusCode.ServiceUnavailable);
        nodes.Relay.GoOn();
        await Eventually.True(async () => (await there.Get("/connections")).Status == HttpStatusCode.Unauthorized, Soon, "the node to hear of it");
    }

    [Fact]
    public async Task A_key_is_let_in_by_no_node_that_a_long_transaction_keeps_from_hearing_of_it_and_others_are()
    {
        var ((here, id, there), (_, _, another)) = (await Key(), await Key());
        (await there.Get("/connections")).Is(HttpStatusCode.OK);
        await using var holder = new NpgsqlConnection(nodes.Database);
        await holder.OpenAsync();
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await using var write = new NpgsqlCommand("select pg_current_xact_id()::text", holder, transaction);
            await write.ExecuteScalarAsync();
            // What is given locks nobody out.
            (await here.Post("/keys", """{"name":"later"}""")).Is(HttpStatusCode.Created);
            (await there.Get("/connections")).Is(HttpStatusCode.OK);
            (await here.Delete("/keys/" + id)).Is(HttpStatusCode.NoContent);
            await Refused(there, HttpStatusCode.ServiceUnavailable);
            (await another.Get("/connections")).Is(HttpStatusCode.OK);
        }
        await Eventually.True(async () => (await there.Get("/connections")).Status == HttpStatusCode.Unauthorized, Soon, "the node to hear of it");
    }

    /// <summary>A workspace as its first key has it on one node, and another key of it, on the other.</summary>
    private async Task<(Workspace Here, string Id, Workspace There)> Key()
    {
        var here = await (await Workspace.New(nodes.One)).WithKey();
        var issued = (await here.Post("/keys", """{"name":"another"}""")).Is(HttpStatusCode.Created);
        return (here, issued["id"], here with { Process = nodes.Two, Caller = new(nodes.Two.Client(issued["key"])) });
    }

    /// <summary>A request is answered with <paramref name="status"/>, and from a second on none with anything else.</summary>
    private static async Task Refused(Workspace there, HttpStatusCode status)
    {
        var since = Stopwatch.StartNew();
        await Eventually.True(async () =>
        {
            var began = since.Elapsed;
            if (await Answered(there) is not { } answered) return false;
            Assert.True(answered == status || began < Within, $"{(int)answered} to a request {began} after it was revoked");
            return answered == status;
        }, Soon, "it to be refused");
    }

    /// <summary>Null when there is no answer in time: what was let in in the first second may wait for the database that is silent.</summary>
    private static async Task<HttpStatusCode?> Answered(Workspace there)
    {
        try
        {
            return (await there.Get("/connections").WaitAsync(TimeSpan.FromSeconds(5))).Status;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}

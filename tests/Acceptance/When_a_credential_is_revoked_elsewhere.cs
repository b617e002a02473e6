using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Two nodes on one database: one is told, the other sends.</summary>
public sealed class When_a_credential_is_revoked_elsewhere : IAsyncLifetime
{
    private const string AdminToken = "the-admin-of-these-nodes";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private string database = null!;
    private EventMeshProcess sending = null!;
    private EventMeshProcess told = null!;

    public async ValueTask InitializeAsync()
    {
        database = await (await PostgresServer.Shared).CreateDatabase("revoked");
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = AdminToken };
        sending = await EventMeshProcess.Start(settings);
        settings["EVENTMESH_ROLES"] = "api";
        told = await EventMeshProcess.Start(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await told.DisposeAsync();
        await sending.DisposeAsync();
    }

    [Fact]
    public async Task The_node_that_sends_stops_within_a_second_and_the_value_is_gone()
    {
        await using var receiver = await Receiver.Start();
        var here = await Workspace.New(sending);
        var (id, beside) = (await here.Connection(receiver.Url("/a").AbsoluteUri), await here.Connection(receiver.Url("/b").AbsoluteUri));
        var path = $"{here.Path}/connections/{id}/credential";
        foreach (var value in new[] { Planted.New(), Planted.New() })
            (await here.Caller.Send(HttpMethod.Put, path, $$"""{"kind":"bearer","token":"{{value}}"}""", "application/json")).Is(HttpStatusCode.OK);
        Assert.Equal((2L, 1L), await Kept(id));
        await here.Rule("{}", id, beside);

        var (published, revoked) = (0, new TaskCompletionSource());
        var publishing = Publish();
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/a") >= 20), Soon, "deliveries to be under way");
        (await here.On(told).Delete($"/connections/{id}/credential")).Is(HttpStatusCode.NoContent);
        var since = Stopwatch.StartNew();
        Assert.Equal((2L, 0L), await Kept(id));
        await Eventually.True(() => Task.FromResult(since.Elapsed >= TimeSpan.FromSeconds(1)), Soon, "the second to pass");
        // What is published from now on is not sent there; what was under way may still arrive.
        var then = Volatile.Read(ref published) + 1;
        await Eventually.True(() => Task.FromResult(Volatile.Read(ref published) >= then + 50), Soon, "more to be published");
        revoked.SetResult();
        await publishing;
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/b") == published), Soon, "the other connection to get all of it");
        Assert.All(receiver.Arrived.Where(a => a.Path == "/a"), a => Assert.True(int.Parse(JsonNode.Parse(a.Text)!["id"]!.GetValue<string>(), CultureInfo.InvariantCulture) <= then, $"{a.Text} after {then}"));

        async Task Publish()
        {
            while (!revoked.Task.IsCompleted)
            {
                (await here.Publish(Workspace.Event($"{published}"))).Is(HttpStatusCode.Accepted);
                Interlocked.Increment(ref published);
            }
        }
    }

    /// <summary>How many values the connection's credential ever had, and how many of them are there.</summary>
    private async Task<(long Ever, long Now)> Kept(string id)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*), count(*) filter (where destroyed_at is null or length(value) > 0) from eventmesh.secrets where name like 'connections/' || $1 || '/credential/%'", connection)
        {
            Parameters = { new() { Value = id } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}

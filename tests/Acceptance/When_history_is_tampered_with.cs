using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_history_is_tampered_with
{
    [Fact]
    public async Task An_auditor_who_kept_a_checkpoint_is_told_which_event_was_changed()
    {
        var database = await (await PostgresServer.Shared).CreateDatabase("tampered");
        await using var process = await RunningMesh.StartOn(database);
        var workspace = await Workspace.New(process);
        await workspace.Rule("{}", await workspace.Connection());
        for (var i = 0; i < 10; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        var (key, before) = (await Verifying.Key(workspace), await Verifying.Checkpoint(workspace));
        var leaves = (await workspace.Get("/log/leaves?limit=10000")).Is(HttpStatusCode.OK).Text;
        var fits = await Verifying.Run(await Feed(workspace), key, [before], leaves);
        Assert.True(fits.Code == 0, fits.Json.ToJsonString());
        Assert.Equal(Verifying.Size(before), fits.Json["proven"]!.GetValue<long>());

        var changed = (await Feed(workspace)).Split('\n').Select((line, index) => (line, index)).First(l => l.line.Contains("\"type\":\"rule_created\"", StringComparison.Ordinal));
        var id = JsonNode.Parse(changed.line)!["id"]!.GetValue<string>();
        // Somebody with all rights at the database says that it was another who made the rule.
        await Superuser(database, $"set session_replication_role = replica; update public.mt_events set user_name = 'key_other' where id = '{id}'");

        var found = await Verifying.Run(await Feed(workspace), key, [before], leaves);
        var misfit = found.Json["first_misfit"]!;
        Assert.Equal((1, "changed", changed.index, id), (found.Code, misfit["reason"]!.GetValue<string>(), misfit["index"]!.GetValue<int>(), misfit["id"]!.GetValue<string>()));

        // What is signed from now on does not help: the log has kept what it was.
        (await workspace.Publish(Workspace.Event("later"))).Is(HttpStatusCode.Accepted);
        var after = await Verifying.Checkpoint(workspace, Verifying.Size(before));
        found = await Verifying.Run(await Feed(workspace), key, [before, after]);
        Assert.Equal((1, "differs"), (found.Code, found.Json["first_misfit"]!["reason"]!.GetValue<string>()));
    }

    private static async Task<string> Feed(Workspace workspace) => (await workspace.Get("/feed?limit=1000")).Is(HttpStatusCode.OK).Text;

    private static async Task Superuser(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

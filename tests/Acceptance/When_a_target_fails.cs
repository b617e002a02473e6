using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_target_fails(RunningMesh mesh)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Its_connection_shows_an_open_circuit_that_can_be_closed_by_hand_and_keeps_its_version()
    {
        await using var receiver = await Receiver.Start();
        var broken = true;
        receiver.Answer = (_, _) => Volatile.Read(ref broken) ? 503 : 200;
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection(receiver.Url("/").ToString(), ""","retry_schedule":[3600]""");
        await workspace.Rule("{}", id);
        var shown = (await workspace.Get("/connections/" + id)).Is(HttpStatusCode.OK);
        Assert.Equal("closed", shown.Json["circuit"]!["state"]!.GetValue<string>());
        Assert.Null(shown.Json["failing_since"]);

        for (var i = 0; i < 10; i++) (await workspace.Publish(Workspace.Event($"e{i}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => await State(workspace, id) != "closed", Patience, "the circuit to open");
        await Eventually.True(async () => (await workspace.Get("/connections/" + id)).Json["failing_since"] is not null, Patience, "its failures to be shown");
        shown = (await workspace.Get("/connections/" + id)).Is(HttpStatusCode.OK);
        Assert.Equal("\"1\"", shown.Headers.ETag!.Tag);
        Assert.NotNull(shown.Json["circuit"]!["until"]);
        Assert.NotNull((await workspace.Get("/connections")).Items.Single()["failing_since"]);

        Volatile.Write(ref broken, false);
        var closed = (await workspace.Post($"/connections/{id}/circuit/close", "{}")).Is(HttpStatusCode.OK);
        Assert.Equal("closed", closed["state"]);
        Assert.Equal("closed", (await workspace.Post($"/connections/{id}/circuit/close", "{}")).Is(HttpStatusCode.OK)["state"]);
        (await workspace.Publish(Workspace.Event("last"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/") == 11), Patience, "the next to be sent at once");
        Assert.Equal(["connection_circuit_opened", "connection_circuit_closed"], (await workspace.Get("/streams/cir_" + id[4..])).Items.Select(e => e["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task There_is_no_circuit_of_what_there_is_not()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/connections/con_x/circuit/close", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        var id = await workspace.Connection();
        (await workspace.Delete("/connections/" + id)).Is(HttpStatusCode.NoContent);
        (await workspace.Post($"/connections/{id}/circuit/close", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    private static async Task<string> State(Workspace workspace, string id) => (await workspace.Get("/connections/" + id)).Json["circuit"]!["state"]!.GetValue<string>();
}

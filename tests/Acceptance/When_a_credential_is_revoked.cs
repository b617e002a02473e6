using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_credential_is_revoked(RunningMesh mesh)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_is_queued_is_not_sent_waits_without_using_attempts_and_goes_with_the_next()
    {
        await using var receiver = await Receiver.Start();
        var (workspace, another) = (await mesh.Workspace(), await Receiver.Start());
        await using var _ = another;
        var (id, beside) = (await workspace.Connection(receiver.Url("/a").AbsoluteUri, ""","retry_schedule":[1,1,1]"""), await workspace.Connection(another.Url("/b").AbsoluteUri));
        await Set(workspace, id, """{"kind":"bearer","token":"first"}""");
        await Set(workspace, beside, """{"kind":"bearer","token":"other"}""");
        await workspace.Rule("{}", id, beside);

        // What is under way when it is revoked is not undone; it fails, and is to be tried again after the revocation.
        receiver.Answer = (_, _) => 503;
        (await workspace.Publish(Workspace.Event("early"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), Soon, "the first attempt is made");
        var revoked = (await workspace.Delete($"/connections/{id}/credential")).Is(HttpStatusCode.NoContent);
        var sent = receiver.CountOf("/a");
        Assert.Equal(("revoked", "asked"), Status(await workspace.Get("/connections/" + id)));
        receiver.Answer = (_, _) => 200;
        for (var n = 0; n < 5; n++) (await workspace.Publish(Workspace.Event($"late-{n}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(another.Arrived.Count == 6), Soon, "the other connection's deliveries run on");

        // They were taken from the queue and set aside: the other connection's came by the same one.
        var waiting = (await workspace.Get($"/deliveries?connection={id}")).Items;
        Assert.All(waiting, d => Assert.Contains(d["status"]!.GetValue<string>(), new[] { "scheduled", "retrying" }));
        Assert.InRange(receiver.CountOf("/a"), sent, sent + 1);
        Assert.Equal(("\"3\"", "\"2\""), (revoked.Headers.ETag!.Tag, (await workspace.Get("/connections/" + beside)).Headers.ETag!.Tag));

        var before = receiver.CountOf("/a");
        await Set(workspace, id, """{"kind":"bearer","token":"second"}""");
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/a") == before + 6), Soon, "all that waited arrives");
        Assert.All(receiver.Arrived.Skip(before), a => Assert.Equal("Bearer second", a.Headers.Authorization.ToString()));
        Assert.Equal("active", Status(await workspace.Get("/connections/" + id)).Status);
        await Eventually.True(async () => (await workspace.Get($"/deliveries?connection={id}")).Items.Count(d => d["status"]!.GetValue<string>() == "delivered") == 6, Soon, "all are delivered");
        Assert.All((await workspace.Get($"/deliveries?connection={id}")).Items.Take(5), d => Assert.Equal(1, d["attempts_made"]!.GetValue<int>()));
    }

    [Fact]
    public async Task An_operational_connection_is_told()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        (await workspace.Post("/connections", $$"""{"name":"ops","kind":"webhook","operational":true,"config":{"url":"{{receiver.Url("/ops")}}"} }""")).Is(HttpStatusCode.Created);
        var id = await workspace.Connection();
        await Set(workspace, id, """{"kind":"bearer","token":"t"}""");
        (await workspace.Delete($"/connections/{id}/credential")).Is(HttpStatusCode.NoContent);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), Soon, "it is told");
        Assert.Contains("\"type\":\"connection.credential_revoked\"", receiver.Arrived.First().Text, StringComparison.Ordinal);
        Assert.Contains($"\"subject\":\"{id}\"", receiver.Arrived.First().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_without_a_credential_until_somebody_says_that_there_is_to_be_none()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection(receiver.Url("/a").AbsoluteUri);
        await Set(workspace, id, """{"kind":"bearer","token":"t"}""");
        await workspace.Rule("{}", id);
        (await workspace.Delete($"/connections/{id}/credential")).Is(HttpStatusCode.NoContent);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        (await workspace.Patch("/connections/" + id, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        (await workspace.Patch("/connections/" + id, """{"status":"enabled","name":"renamed"}""")).Is(HttpStatusCode.OK);
        Assert.Equal("revoked", Status(await workspace.Get("/connections/" + id)).Status);
        (await workspace.Publish(Workspace.Event("2"))).Is(HttpStatusCode.Accepted);
        await Set(workspace, id, """{"kind":"none"}""");
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Any(a => a.Text.Contains("\"id\":\"2\"", StringComparison.Ordinal))), Soon, "it arrives");
        Assert.All(receiver.Arrived, a => Assert.Equal("", a.Headers.Authorization.ToString()));
    }

    private static (string Status, string? Because) Status(Answer connection) =>
        (connection.Json["credential"]!["status"]!.GetValue<string>(), connection.Json["credential"]!["revoked_because"]?.GetValue<string>());

    private static async Task Set(Workspace workspace, string id, string credential) =>
        (await workspace.Caller.Send(HttpMethod.Put, $"{workspace.Path}/connections/{id}/credential", credential, "application/json")).Is(HttpStatusCode.OK);
}

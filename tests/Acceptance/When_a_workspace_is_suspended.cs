using System.Diagnostics;
using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_workspace_is_suspended(RunningMesh mesh)
{
    private const int Events = 20;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Nothing_is_accepted_and_history_is_read()
    {
        var workspace = await mesh.Workspace();
        var source = (await workspace.Post("/sources", """{"name":"in","verification":{"kind":"github"}}""")).Is(HttpStatusCode.Created)["receive_at"];
        await workspace.Connection();
        var version = (await workspace.Get("")).Headers.ETag!.Tag;
        (await workspace.AsAdmin.Post("/suspend", """{"reason":"whim"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("reason", "must be one of requested, payment");
        (await workspace.Post("/suspend", """{"reason":"abuse"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await workspace.AsAdmin.Post("/suspend", """{"reason":"abuse"}""", ("If-Match", "\"99\""))).Is(HttpStatusCode.PreconditionFailed);
        var suspended = (await workspace.AsAdmin.Post("/suspend", """{"reason":"abuse"}""", ("If-Match", version))).Is(HttpStatusCode.OK);
        Assert.Equal(("suspended", "abuse"), (suspended["status"], suspended.Json["suspension"]!["reason"]!.GetValue<string>()));

        foreach (var refused in (Answer[])[
            await workspace.Publish(Workspace.Event("1")), await workspace.PublishBatch($"[{Workspace.Event("1")}]"), await workspace.Post("/connections", "{}"), await workspace.Post("/keys", """{"name":"k"}"""),
            await workspace.Send(HttpMethod.Put, "/origins", """{"allowed_origins":[]}"""), await workspace.Post("/replays", "{}"), await workspace.Post("/encryption/rotate", "")])
            Assert.Contains("Ask the platform's admin to resume it", refused.IsProblem(HttpStatusCode.Forbidden, "workspace.suspended")["detail"], StringComparison.Ordinal);
        (await new Caller(mesh.Process.Client()).Post(source, "{}")).IsProblem(HttpStatusCode.Forbidden, "workspace.suspended");
        foreach (var read in (string[])["", "/connections", "/events", "/deliveries", "/streams/workspace", "/keys", "/usage"]) (await workspace.Get(read)).Is(HttpStatusCode.OK);

        (await workspace.AsAdmin.Post("/resume", "")).Is(HttpStatusCode.OK);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        Assert.Equal(["workspace_created", "workspace_suspended", "workspace_resumed"], (await workspace.Get("/streams/workspace")).Items.Select(e => e["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Nothing_is_sent_and_when_it_goes_on_everything_comes_once_and_in_order()
    {
        await using var receiver = await Receiver.Start();
        // The first is refused until the workspace is suspended: it waits for its retry, and the others behind it.
        var (up, first) = (false, new TaskCompletionSource());
        receiver.Answer = (_, _) =>
        {
            first.TrySetResult();
            return Volatile.Read(ref up) ? 200 : 503;
        };
        var workspace = await mesh.Workspace();
        var connection = await workspace.Connection(receiver.Url("/hook").ToString(), ",\"retry_schedule\":[1,1,1,1,1,1,1,1,1,1]");
        (await workspace.Post("/rules", $$$"""{"name":"r","filter":{},"connections":["{{{connection}}}"],"ordering":{"key":"source"}}""")).Is(HttpStatusCode.Created);
        for (var i = 0; i < Events; i++) (await workspace.Publish(Workspace.Event($"{i:00}"))).Is(HttpStatusCode.Accepted);
        await first.Task.WaitAsync(Soon);
        (await workspace.AsAdmin.Post("/suspend", """{"reason":"payment"}""")).Is(HttpStatusCode.OK);
        var since = Stopwatch.StartNew();
        var before = 0;
        await Eventually.True(() =>
        {
            if (since.Elapsed < TimeSpan.FromSeconds(1)) before = receiver.CountOf("/hook");
            return Task.FromResult(since.Elapsed > TimeSpan.FromSeconds(4));
        }, Soon, "retries to have been due");
        Assert.Equal(before, receiver.CountOf("/hook"));
        Volatile.Write(ref up, true);
        (await workspace.AsAdmin.Post("/resume", "")).Is(HttpStatusCode.OK);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/hook") - before >= Events), Soon, "all to arrive");
        var delivered = receiver.Arrived.Skip(before).Select(a => System.Text.Json.Nodes.JsonNode.Parse(a.Text)!["id"]!.GetValue<string>());
        Assert.Equal(Enumerable.Range(0, Events).Select(i => $"{i:00}"), delivered);
    }
}

using System.Globalization;
using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Offboarding;

public sealed class When_a_workspace_is_purged : IAsyncLifetime
{
    private const string Planted = "planted-body-of-the-purged-workspace";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(150);
    private readonly string erasure = Path.Combine(Path.GetTempPath(), $"eventmesh-offboarding-{Guid.NewGuid():N}");
    private PostgresServer server = null!;
    private OwnBroker broker = null!;
    private Receiver receiver = null!;
    private EventMeshProcess node = null!;
    private string database = "";

    public async ValueTask InitializeAsync()
    {
        // Their own: their files are looked into.
        server = await PostgresServer.Start();
        broker = await OwnBroker.Start();
        database = await server.CreateDatabase("purged");
        receiver = await Receiver.Start();
        var settings = new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-this-test", ["EVENTMESH_ERASURE_KEYS"] = erasure,
            ["EVENTMESH_PURGE_PATIENCE"] = "5s",
        };
        broker.Setting(settings);
        node = await EventMeshProcess.Start(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await receiver.DisposeAsync();
        await broker.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(erasure, recursive: true);
    }

    [Fact]
    public async Task Nothing_of_it_is_left_and_the_others_are_untouched_to_the_byte()
    {
        var other = await Furnish("other-one");
        var workspace = await Furnish("leaving");
        Assert.Equal(["leaving.key", "other-one.key"], Directory.GetFiles(erasure).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(erasure), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        await broker.PutUnreadable("other-one", "not a dispatch, and not theirs");
        await broker.PutUnreadable("leaving", Planted);
        var queues = await broker.Queues();
        var had = await Rows.Of(database, "leaving");
        var before = await Rows.OfOthers(database, "leaving");
        var othersKey = await File.ReadAllBytesAsync(Path.Combine(erasure, "other-one.key"), TestContext.Current.CancellationToken);

        (await workspace.Post("/close", """{"grace_days":0}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("confirm", "must be the workspace's id");
        (await workspace.Post("/close", """{"grace_days":31,"confirm":"leaving","streams":"some"}""")).Names("grace_days", "from 0 to 30").Names("streams", "delete or skeletons");
        var admin = new Caller(node.Client());
        (await admin.Get("/v1/workspaces/leaving/purge")).Is(HttpStatusCode.NotFound);
        var closing = (await workspace.Post("/close", """{"grace_days":0,"confirm":"leaving"}""")).Is(HttpStatusCode.OK);
        Assert.Equal("closing", closing["status"]);
        await Eventually.True(async () => (await admin.Get("/v1/workspaces/leaving/purge")) is { Status: HttpStatusCode.OK } seen && seen["state"] == "finished", Soon, "the purge to finish");

        Assert.Empty(await Rows.Of(database, "leaving"));
        Rows.Same(before, await Rows.OfOthers(database, "leaving"));
        Assert.Equal(["other-one.key"], Directory.GetFiles(erasure).Select(Path.GetFileName));
        Assert.Equal(othersKey, await File.ReadAllBytesAsync(Path.Combine(erasure, "other-one.key"), TestContext.Current.CancellationToken));

        await broker.SameWithout("leaving", queues);
        if (queues.Count > 0) Assert.Equal("not a dispatch, and not theirs", await broker.Unreadable("other-one"));

        // The receipt says it.
        var purge = await admin.Get("/v1/workspaces/leaving/purge");
        Assert.True(purge.Json["backups_unreadable"]!.GetValue<bool>());
        Assert.All(purge.Json["steps"]!.AsArray(), s => Assert.Equal("done", s!["state"]!.GetValue<string>()));
        var receipt = (await admin.Get("/v1/workspaces/leaving/purge/receipt")).Is(HttpStatusCode.OK).Text.Split('\n');
        Assert.Equal(["eventmesh purge receipt v1", "workspace: leaving"], receipt[..2]);
        Assert.Contains("backups: sealed values unreadable: the erasure key is destroyed", receipt);
        Assert.Contains("destroyed keys erasure_keys: 1", receipt);
        Assert.Contains($"destroyed queues queued_messages: {(queues.Count > 0 ? 1 : 0)}", receipt);
        Assert.Contains($"destroyed payloads eventmesh.payloads: {had["eventmesh.payloads"]}", receipt);
        Assert.Contains($"destroyed keys eventmesh.secrets: {had["eventmesh.secrets"]}", receipt);
        // All of its history was in the log when that ended, what still happened since we counted included.
        var events = long.Parse(receipt.Single(l => l.StartsWith("destroyed streams public.mt_events: ", StringComparison.Ordinal)).Split(": ")[1], CultureInfo.InvariantCulture);
        Assert.True(events >= had["public.mt_events"] + 2, $"{events} events");
        Assert.Contains($"log-size: {events}", receipt);
        Assert.Contains(receipt, l => l.StartsWith("— eventmesh ", StringComparison.Ordinal));
        await Verified(string.Join('\n', receipt));
        Assert.Equal("leaving", (await admin.Get("/v1/purges")).Items.Single()["workspace"]!.GetValue<string>());

        // Nobody gets in, and the id is never given again.
        (await workspace.Get("")).Is(HttpStatusCode.Unauthorized);
        Assert.Contains("never given again", (await admin.Post("/v1/workspaces", """{"id":"leaving","name":"Again"}""")).IsProblem(HttpStatusCode.Conflict, "conflict")["detail"], StringComparison.Ordinal);
        (await other.Publish(Workspace.Event("after"))).Is(HttpStatusCode.Accepted);
        (await other.Get("/purge")).Is(HttpStatusCode.Forbidden);
        (await other.Get("/purges")).Is(HttpStatusCode.NotFound);

        // A node that starts afterwards knows nothing of it.
        await node.Kill();
        await node.StartAgain();
        (await workspace.Get("")).Is(HttpStatusCode.Unauthorized);
        (await admin.Get("/v1/workspaces/leaving")).Is(HttpStatusCode.NotFound);
        Assert.Empty(await Rows.Of(database, "leaving"));
        await Rows.Ask(database, "checkpoint");
        foreach (var folder in (string[])[(string)(await Rows.Ask(database, "show data_directory"))!, erasure])
            Assert.Empty(await NothingPlantedIsLeft.Grep(folder, [Planted, workspace.Key]));
        await broker.HoldsNone(Planted, workspace.Key);
    }

    [Fact]
    public async Task Skeletons_of_its_history_stay_when_that_was_asked_for_and_nothing_that_could_be_read()
    {
        var workspace = await Furnish("thinned");
        await Rows.OfOthers(database, "none");
        var had = (await Rows.Of(database, "thinned"))["public.mt_events"];
        (await workspace.Post("/close", """{"grace_days":0,"confirm":"thinned","streams":"skeletons"}""")).Is(HttpStatusCode.OK);
        var admin = new Caller(node.Client());
        await Eventually.True(async () => (await admin.Get("/v1/workspaces/thinned/purge")) is { Status: HttpStatusCode.OK } seen && seen["state"] == "finished", Soon, "the purge to finish");
        var left = await Rows.Of(database, "thinned");
        Assert.Equal(had + 2, left["eventmesh.skeletons"]);
        Assert.All(left.Keys, table => Assert.True(table == "eventmesh.skeletons" || table.StartsWith("eventmesh.log_", StringComparison.Ordinal), table));
        Assert.Equal(["at", "leaf", "seq_id", "tenant_id", "type", "xid"], ((string)(await Rows.Ask(database, "select string_agg(attname, ',' order by attname) from pg_attribute where attrelid = 'eventmesh.skeletons'::regclass and attnum > 0"))!).Split(','));
        Assert.Contains($"destroyed streams skeletons_kept: {had + 2}", (await admin.Get("/v1/workspaces/thinned/purge/receipt")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_is_taken_back_and_everything_is_as_before()
    {
        var workspace = await Furnish("staying");
        var version = (await workspace.Get("")).Headers.ETag!.Tag;
        var closing = (await workspace.Post("/close", """{"grace_days":3,"streams":"skeletons"}""", ("If-Match", version))).Is(HttpStatusCode.OK);
        Assert.Equal("skeletons", closing.Json["closing"]!["streams"]!.GetValue<string>());
        Assert.Contains("close/cancel takes that back", (await workspace.Publish(Workspace.Event("no"))).IsProblem(HttpStatusCode.Forbidden, "workspace.suspended")["detail"], StringComparison.Ordinal);
        (await workspace.AsAdmin.Post("/resume", "")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal("active", (await workspace.Post("/close/cancel", "")).Is(HttpStatusCode.OK)["status"]);
        var count = receiver.CountOf("/staying");
        (await workspace.Publish(Workspace.Event("yes"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/staying") > count), Soon, "it to be delivered");
    }

    [Fact]
    public async Task An_export_of_everything_is_begun_with_the_closing_and_downloaded_in_its_time()
    {
        var workspace = await Furnish("exporting");
        (await workspace.Post("/close", """{"grace_days":0,"confirm":"exporting","export":true}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("export", "grace_days of 1 at least");
        var closing = (await workspace.Post("/close", """{"grace_days":1,"confirm":"exporting","export":true}""")).Is(HttpStatusCode.OK);
        var export = closing.Json["closing"]!["export"]!.GetValue<string>();
        Assert.Equal(export, (await workspace.Post("/close", """{"grace_days":1,"confirm":"exporting","export":true}""")).Is(HttpStatusCode.OK).Json["closing"]!["export"]!.GetValue<string>());
        await Eventually.True(async () => (await workspace.Get("/exports/" + export))["state"] == "finished", Soon, "the export to finish");
        using var http = node.Client(workspace.Key);
        await using var lines = new System.IO.Compression.GZipStream(await http.GetStreamAsync($"/v1/workspaces/exporting/exports/{export}/download"), System.IO.Compression.CompressionMode.Decompress);
        using var text = new StreamReader(lines);
        var all = await text.ReadToEndAsync();
        Assert.Contains("\"workspace_created\"", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, all, StringComparison.Ordinal);
        (await workspace.Post("/close/cancel", "")).Is(HttpStatusCode.OK);
    }

    /// <summary>Offline, with the public key alone; and one changed letter is found.</summary>
    private async Task Verified(string receipt)
    {
        using var nobody = new HttpClient { BaseAddress = node.Address };
        var (file, key) = (Path.Combine(erasure, "receipt"), Path.Combine(erasure, "key.pub"));
        await File.WriteAllTextAsync(key, (await new Caller(nobody).Get("/v1/log/keys")).Json["keys"]![0]!["verifier_key"]!.GetValue<string>());
        await File.WriteAllTextAsync(file, receipt);
        var fits = await CommandLine.Run(node, null, null, "verify", "--receipt", file, "--key", key);
        Assert.True(fits.Code == 0, fits.Out);
        Assert.Contains("leaving", fits.Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, receipt.Replace("erasure_keys: 1", "erasure_keys: 2", StringComparison.Ordinal));
        Assert.Equal(1, (await CommandLine.Run(node, null, null, "verify", "--receipt", file, "--key", key)).Code);
        File.Delete(file);
        File.Delete(key);
    }

    /// <summary>A workspace with something of everything that is easily made.</summary>
    private async Task<Workspace> Furnish(string id)
    {
        var workspace = await Workspace.Create(node, $$"""{"id":"{{id}}","name":"{{id}}"}""");
        var connection = await workspace.Connection(receiver.Url("/" + id).ToString());
        await workspace.Rule("{}", connection);
        (await workspace.Post("/secrets", """{"name":"token","value":"a-secret-value-of-a-workspace"}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/sources", """{"name":"in","verification":{"kind":"github"}}""")).Is(HttpStatusCode.Created);
        var waiting = await workspace.Connection("http://127.0.0.1:9/down", ",\"retry_schedule\":[3600]");
        await workspace.Rule("{}", waiting);
        for (var i = 0; i < 5; i++) (await workspace.Publish(Workspace.Event($"{i}", further: $$""","data":{"text":"{{Planted}}"}"""))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/" + id) == 5), Soon, "all to be delivered");
        return workspace;
    }
}

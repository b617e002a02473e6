using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Tests.Acceptance.Clients;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_history_is_exported(RunningMesh mesh)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_export_of_a_workspace_that_goes_on_is_its_feed_up_to_the_end_byte_for_byte()
    {
        var workspace = await mesh.Workspace();
        using var ending = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            for (var n = 0; !ending.IsCancellationRequested; n++) (await workspace.Publish(Workspace.Event($"live-{n}"))).Is(HttpStatusCode.Accepted);
        }, TestContext.Current.CancellationToken);
        for (var n = 0; n < 50; n++) (await workspace.Publish(Workspace.Event($"{n}"))).Is(HttpStatusCode.Accepted);
        var (plain, zipped) = (await Started(workspace, "{}"), await Started(workspace, """{"gzip":true}"""));
        var exports = new[] { await Ended(workspace, plain), await Ended(workspace, zipped) };
        await ending.CancelAsync();
        await publishing;

        foreach (var export in exports)
        {
            var bytes = await Download(workspace, export["id"]);
            var lines = export.Json["gzip"]!.GetValue<bool>() ? Unzipped(bytes) : Encoding.UTF8.GetString(bytes);
            var feed = (await workspace.Get("/feed?limit=100000")).Text;
            var end = feed.IndexOf(export["end"], StringComparison.Ordinal);
            Assert.True(end > 0, "the end of the export is a position of the feed");
            Assert.Equal(feed[..(feed.IndexOf('\n', end) + 1)], lines);
            Assert.Equal((lines.Count(c => c == '\n'), bytes.Length), (export.Json["events"]!.GetValue<int>(), export.Json["bytes"]!.GetValue<int>()));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), export["sha256"]);
            Assert.Equal(100, export.Json["per_cent"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task A_download_says_what_it_is_and_goes_on_where_it_broke_off()
    {
        var workspace = await mesh.Workspace();
        for (var n = 0; n < 20; n++) (await workspace.Publish(Workspace.Event($"{n}"))).Is(HttpStatusCode.Accepted);
        var id = await Started(workspace, """{"filter":{"types":["event_published"]}}""");
        var export = await Ended(workspace, id);
        using var whole = await Get(workspace, id, null, null);
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson", $"{id}.ndjson"), (whole.StatusCode, whole.Content.Headers.ContentType!.MediaType, whole.Content.Headers.ContentDisposition!.FileName));
        Assert.Equal(("bytes", $"\"{export["sha256"]}\""), (whole.Headers.AcceptRanges.ToString(), whole.Headers.ETag!.Tag));
        var bytes = await whole.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(20, bytes.Count(b => b == '\n'));

        using (var rest = await Get(workspace, id, new(1_000, null), whole.Headers.ETag))
        {
            Assert.Equal((HttpStatusCode.PartialContent, 1_000L, bytes.Length - 1L, (long)bytes.Length),
                (rest.StatusCode, rest.Content.Headers.ContentRange!.From, rest.Content.Headers.ContentRange.To, rest.Content.Headers.ContentRange.Length));
            Assert.Equal(bytes[1_000..], await rest.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
        using (var last = await Get(workspace, id, new(null, 10), null)) Assert.Equal(bytes[^10..], await last.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        // Whoever has the beginning of another gets the whole.
        using (var other = await Get(workspace, id, new(1_000, null), new("\"another\""))) Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using (var behind = await Get(workspace, id, new(bytes.Length, null), null)) Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, behind.StatusCode);

        var history = (await workspace.Get($"/streams/{id}")).Items.Select(e => (Type: e["type"]!.GetValue<string>(), Actor: e["actor"]!.GetValue<string>())).ToArray();
        Assert.Equal(["export_started", "export_finished", "export_downloaded"], history.Select(h => h.Type));
        var auditor = await workspace.WithKey("auditor");
        await Download(auditor, id);
        Assert.Equal(4, (await workspace.Get($"/streams/{id}")).Items.Count);
    }

    [Fact]
    public async Task Csv_has_the_documented_columns_and_payloads_only_for_who_may_read_them()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Publish(Workspace.Event("1", further: ",\"data\":{\"total\":12}"))).Is(HttpStatusCode.Accepted);
        var id = await Started(workspace, """{"format":"csv","include_data":true,"filter":{"types":["event_published"]}}""");
        var lines = Encoding.UTF8.GetString(await DownloadEnded(workspace, id)).Split("\r\n");
        Assert.Equal("position,id,workspace,stream,version,type,at,actor,correlation_id,causation_id,elevation,from,dotnet_type,headers,data,payload", lines[0]);
        Assert.Equal(3, lines.Length);
        Assert.Contains("specversion", lines[1], StringComparison.Ordinal);

        var started = (await workspace.Get($"/streams/{id}")).Items[0]["data"]!;
        Assert.True(started["include_data"]!.GetValue<bool>());
        var ndjson = await Started(workspace, """{"include_data":true,"filter":{"types":["event_published"]}}""");
        var line = JsonNode.Parse(Encoding.UTF8.GetString(await DownloadEnded(workspace, ndjson)))!;
        Assert.Equal("1", line["payload"]!["id"]!.GetValue<string>());
        Assert.Equal((await workspace.Get("/feed?type=event_published&include=data")).Text, Encoding.UTF8.GetString(await Download(workspace, ndjson)));

        // By the workspace's own rules, as they are when it is exported.
        Assert.Equal("[number]", line["payload"]!["data"]!["total"]!.GetValue<string>());
        (await workspace.Send(HttpMethod.Put, "/redaction", """{"paths":["$.data.email"]}""")).Is(HttpStatusCode.OK);
        var open = await Started(workspace, """{"include_data":true,"filter":{"types":["event_published"]}}""");
        Assert.Equal(12, JsonNode.Parse(Encoding.UTF8.GetString(await DownloadEnded(workspace, open)))!["payload"]!["data"]!["total"]!.GetValue<int>());

        foreach (var role in new[] { "developer", "publisher" })
            (await (await workspace.WithKey(role)).Post("/exports", "{}")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("""{"format":"xml"}""", "format")]
    [InlineData("""{"filter":{"types":["a b"]} }""", "filter.types")]
    [InlineData("""{"filter":{"since":"yesterday"} }""", "filter.since")]
    [InlineData("""{"filter":{"since":"2026-11-20T10:00:00Z","until":"2026-11-20T09:00:00Z"} }""", "filter.since")]
    [InlineData("""{"filter":{"after":"7"} }""", "filter.after")]
    [InlineData("""{"to":{"kind":"ftp"} }""", "to.kind")]
    [InlineData("""{"to":{"bucket":"b-1"} }""", "to")]
    [InlineData("""{"to":{"kind":"s3","credential":"k"} }""", "to.bucket")]
    [InlineData("""{"to":{"kind":"s3","bucket":"a..b","credential":"k"} }""", "to.bucket")]
    [InlineData("""{"to":{"kind":"s3","bucket":"b-1"} }""", "to.credential")]
    [InlineData("""{"to":{"kind":"s3","bucket":"b-1","credential":"there-is-none"} }""", "to.credential")]
    [InlineData("""{"to":{"kind":"s3","bucket":"b-1","credential":"k","endpoint":"https://10.0.0.1"} }""", "to.endpoint")]
    [InlineData("""{"to":{"kind":"s3","bucket":"b-1","credential":"k","endpoint":"https://s3.example/path"} }""", "to.endpoint")]
    [InlineData("""{"to":{"kind":"s3","bucket":"b-1","credential":"k","prefix":"a/../b"} }""", "to.prefix")]
    [InlineData("""{"to":{"kind":"s3","bucket":"b-1","credential":"k","region":"a b"} }""", "to.region")]
    public async Task What_is_wrong_is_named_and_nothing_is_started(string json, string field)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/exports", json)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, "");
        Assert.Empty((await workspace.Get("/exports")).Items);
    }

    [Fact]
    public async Task It_is_listed_repeated_by_its_key_and_deleted()
    {
        var workspace = await mesh.Workspace();
        var first = (await workspace.Post("/exports", """{"gzip":true}""", ("Idempotency-Key", "nightly"))).Is(HttpStatusCode.Accepted)["id"];
        Assert.Equal(first, (await workspace.Post("/exports", """{"gzip":true}""", ("Idempotency-Key", "nightly"))).Is(HttpStatusCode.Accepted)["id"]);
        (await workspace.Post("/exports", "{}", ("Idempotency-Key", "nightly"))).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        await Ended(workspace, first);
        (await workspace.Post($"/exports/{first}/cancel", "")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal([first], (await workspace.Get("/exports")).Items.Select(e => e["id"]!.GetValue<string>()));
        (await workspace.Delete("/exports/" + first)).Is(HttpStatusCode.NoContent);
        (await workspace.Get("/exports/" + first)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Get($"/exports/{first}/download")).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(2, (await workspace.Get("/streams/" + first)).Items.Count);
    }

    [Fact]
    public async Task An_export_goes_into_a_bucket_signed_in_parts_and_survives_a_store_that_is_busy()
    {
        using var store = await OutsideStore.Start();
        var workspace = await mesh.Workspace();
        await Secret(workspace);
        for (var n = 0; n < 30; n++) (await workspace.Publish(Workspace.Event($"{n}"))).Is(HttpStatusCode.Accepted);
        await store.Fail(2);
        var id = await Started(workspace, To(store, "history/of acme/", ",\"gzip\":true,\"filter\":{\"types\":[\"event_published\"]}"));
        var export = await Ended(workspace, id);
        var name = $"history/of acme/{id}.ndjson.gz";
        Assert.True(export["state"] == "finished", export.Text);
        Assert.Equal(name, export["object"]);
        var bytes = await store.Read(name);
        Assert.Equal(export["sha256"], Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal((await workspace.Get("/feed?type=event_published&limit=1000")).Text, Unzipped(bytes));
        var description = JsonNode.Parse(await store.Read(name + ".json"))!;
        Assert.Equal((export["end"], export["sha256"]), (description["end"]!.GetValue<string>(), description["parts"]![0]!["sha256"]!.GetValue<string>()));
        Assert.Equal(0, await store.Uploads());
        (await workspace.Get($"/exports/{id}/download")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task A_cancelled_upload_is_aborted_and_leaves_nothing_in_the_bucket()
    {
        using var store = await OutsideStore.Start();
        var workspace = await mesh.Workspace();
        await Secret(workspace);
        var arrived = await store.Hold(1);
        var id = await Started(workspace, To(store, "", ""));
        await arrived;
        Assert.Equal(1, await store.Uploads());
        (await workspace.Post($"/exports/{id}/cancel", "")).Is(HttpStatusCode.Accepted);
        var export = await Ended(workspace, id);
        await store.Release();
        Assert.Equal("cancelled", export["state"]);
        await Eventually.True(async () => await store.Uploads() == 0, Soon, "the upload to be aborted");
        Assert.Empty(await store.Objects());
    }

    [Fact]
    public async Task A_credential_that_does_not_hold_ends_it_with_what_the_store_called_it()
    {
        using var store = await OutsideStore.Start();
        var workspace = await mesh.Workspace();
        await Secret(workspace, """{\"access_key_id\":\"AKIDOUTSIDE\",\"secret_access_key\":\"wrong\"}""");
        var export = await Ended(workspace, await Started(workspace, To(store, "", "")));
        Assert.Equal(("failed", "target_refused", "SignatureDoesNotMatch"), (export["state"], export.Json["error"]!["reason"]!.GetValue<string>(), export.Json["error"]!["detail"]!.GetValue<string>()));
        await Secret(workspace, "no credential at all", "other");
        var none = await Ended(workspace, await Started(workspace, To(store, "", "").Replace("\"s3-archive\"", "\"other\"", StringComparison.Ordinal)));
        Assert.Equal("credential_missing", none.Json["error"]!["reason"]!.GetValue<string>());
    }

    private static string To(OutsideStore store, string prefix, string further) =>
        $$"""{"to":{"kind":"s3","bucket":"{{OutsideStore.Bucket}}","endpoint":"{{store.Endpoint}}","prefix":"{{prefix}}","credential":"s3-archive"}{{further}}}""".Replace("\"prefix\":\"\",", "", StringComparison.Ordinal);

    private static async Task Secret(Workspace workspace, string? value = null, string name = "s3-archive") =>
        (await workspace.Post("/secrets", $$"""{"name":"{{name}}","value":"{{value ?? OutsideStore.Secret.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""")).Is(HttpStatusCode.Created);

    private static async Task<string> Started(Workspace workspace, string json) => (await workspace.Post("/exports", json)).Is(HttpStatusCode.Accepted)["id"];

    private static async Task<Answer> Ended(Workspace workspace, string id)
    {
        Answer export = null!;
        await Eventually.True(async () => (export = await workspace.Get("/exports/" + id)).Is(HttpStatusCode.OK).Json["finished_at"] is not null, Soon, $"{id} to end");
        return export;
    }

    private static async Task<byte[]> DownloadEnded(Workspace workspace, string id)
    {
        await Ended(workspace, id);
        return await Download(workspace, id);
    }

    private static async Task<byte[]> Download(Workspace workspace, string id)
    {
        using var answer = await Get(workspace, id, null, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task<HttpResponseMessage> Get(Workspace workspace, string id, RangeItemHeaderValue? range, EntityTagHeaderValue? had)
    {
        using var http = workspace.Process.Client(workspace.Key);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{workspace.Path}/exports/{id}/download");
        if (range is not null) request.Headers.Range = new() { Ranges = { range } };
        if (had is not null) request.Headers.IfRange = new(had);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Unzipped(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var text = new StreamReader(gzip);
        return text.ReadToEnd();
    }
}

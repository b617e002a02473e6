using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public sealed class ExportTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("eventmesh-cli-exports-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task What_is_given_is_asked_for_and_no_more()
    {
        await using var server = await StandIn.Start(202, """{"id":"exp_1","state":"queued"}""");
        Assert.Equal(0, await new Prompt(server.Url).Type("exports", "start", "-w", "acme"));
        Assert.Equal(0, await new Prompt(server.Url).Type("exports", "start", "-w", "acme", "--format", "csv", "--gzip", "--type", "delivery_*", "--type", "rule_created", "--stream", "dlv_", "--resource", "customer/7",
            "--since", "2026-11-20T08:00:00Z", "--until", "2026-11-20T09:00:00Z", "--after", "000000000001-000000000002", "--include-data",
            "--bucket", "b-1", "--region", "eu-central-1", "--endpoint", "https://s3.example", "--prefix", "p/", "--path-style", "false", "--credential", "s3"));
        Assert.All(server.Requests, r => Assert.Equal(("POST", "/v1/workspaces/acme/exports"), (r.Method, r.Path)));
        Assert.True(JsonNode.DeepEquals(new JsonObject(), server.Requests[0].Json));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"format":"csv","gzip":true,"include_data":true,
             "filter":{"types":["delivery_*","rule_created"],"stream":"dlv_","resource":"customer/7","since":"2026-11-20T08:00:00Z","until":"2026-11-20T09:00:00Z","after":"000000000001-000000000002"},
             "to":{"kind":"s3","bucket":"b-1","region":"eu-central-1","endpoint":"https://s3.example","prefix":"p/","path_style":false,"credential":"s3"} }
            """), server.Requests[1].Json), server.Requests[1].Body);
    }

    [Fact]
    public async Task Watching_shows_progress_until_the_end_and_a_failure_is_one()
    {
        var looks = 0;
        await using var server = await StandIn.Start((asked, context) => StandIn.Answer(context, 200, asked.Method == "POST" ? """{"id":"exp_1","state":"queued"}""" : Interlocked.Increment(ref looks) switch
        {
            1 => """{"id":"exp_1","state":"running","per_cent":40,"events":4,"bytes":400}""",
            _ => """{"id":"exp_1","state":"failed","per_cent":40,"events":4,"bytes":400,"finished_at":"2026-11-20T09:00:00Z","error":{"reason":"target_refused","message":"The object store refused.","detail":"AccessDenied"}}""",
        }));
        var prompt = new Prompt(server.Url);
        Assert.Equal(1, await prompt.Type("exports", "start", "-w", "acme", "--watch"));
        Assert.StartsWith("running: 40 %, 4 events, 400 bytes\nfailed: 40 %, 4 events, 400 bytes\n", prompt.Error);
        Assert.Contains("The object store refused. AccessDenied", prompt.Error);
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        var whole = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5_000).Select(n => $"{{\"n\":{n}}}\n")));
        var ranges = new List<string>();
        await using var server = await Serving(whole, async context =>
        {
            ranges.Add(context.Request.Headers.Range.ToString());
            var from = ranges[^1].Length == 0 ? 0 : int.Parse(ranges[^1]["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
            if (from > 0) (context.Response.StatusCode, context.Response.Headers.ContentRange) = (206, $"bytes {from}-{whole.Length - 1}/{whole.Length}");
            context.Response.ContentLength = whole.Length - from;
            // Twice there is less than was promised, and the connection ends.
            await context.Response.Body.WriteAsync(whole.AsMemory(from, ranges.Count <= 2 ? 10_000 : whole.Length - from));
        });
        var file = Path.Combine(directory, "history.ndjson");
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("exports", "download", "exp_1", "-w", "acme", "--output", file));
        Assert.Equal(whole, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal("a note\n", await File.ReadAllTextAsync(file + ".checkpoint", TestContext.Current.CancellationToken));
        Assert.False(File.Exists(file + ".part"));
        Assert.Equal(["", "bytes=10000-", "bytes=20000-"], ranges);
        Assert.Contains("The connection was lost at 10000 of", prompt.Error);
    }

    [Fact]
    public async Task Other_bytes_than_promised_are_not_kept()
    {
        await using var server = await Serving("what was promised"u8.ToArray(), context => context.Response.WriteAsync("what was_promised"));
        var file = Path.Combine(directory, "history.ndjson");
        Assert.Equal(6, await new Prompt(server.Url).Type("exports", "download", "exp_1", "-w", "acme", "--output", file));
        Assert.Empty(Directory.GetFiles(directory));
    }

    [Fact]
    public async Task What_is_not_finished_is_not_downloaded()
    {
        await using var server = await StandIn.Start(200, """{"id":"exp_1","state":"running"}""");
        Assert.Equal(1, await new Prompt(server.Url).Type("exports", "download", "exp_1", "-w", "acme"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task It_is_cancelled_and_deleted()
    {
        await using var server = await StandIn.Start(202, """{"id":"exp_1","state":"running"}""");
        Assert.Equal(0, await new Prompt(server.Url).Type("exports", "cancel", "exp_1", "-w", "acme"));
        Assert.Equal(0, await new Prompt(server.Url).Type("exports", "delete", "exp_1", "-w", "acme"));
        Assert.Equal([("POST", "/v1/workspaces/acme/exports/exp_1/cancel"), ("DELETE", "/v1/workspaces/acme/exports/exp_1")], server.Requests.Select(r => (r.Method, r.Path)));
    }

    private static Task<StandIn> Serving(byte[] whole, Func<HttpContext, Task> download) => StandIn.Start((asked, context) => asked.Path.EndsWith("/download", StringComparison.Ordinal) ? download(context)
        : StandIn.Answer(context, 200, new JsonObject
        {
            ["id"] = "exp_1",
            ["state"] = "finished",
            ["events"] = 1,
            ["bytes"] = whole.Length,
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(whole)),
            ["file_name"] = "exp_1.ndjson",
            ["checkpoint"] = "a note\n",
        }.ToJsonString()));
}

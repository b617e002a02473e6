using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class TailTests
{
    [Fact]
    public async Task A_lost_connection_goes_on_after_the_last_position()
    {
        Prompt prompt = null!;
        await using var server = await StandIn.Start(async (_, context) =>
        {
            var after = context.Request.Query["after"].ToString();
            await Send(context, after switch { "" => ["p1", "p2"], "p2" => ["p3"], _ => ["p4"] });
            // The first time it breaks, the second time it ends as it does when a server stops.
            if (after.Length > 0)
                return;
            await prompt.Prints("p2");
            context.Abort();
        });
        prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("tail", "-w", "acme", "--since", "beginning", "--json", "--count", "4"));
        Assert.Equal(["p1", "p2", "p3", "p4"], prompt.Out.TrimEnd('\n').Split('\n').Select(Position));
        Assert.Equal(
            ["/v1/workspaces/acme/feed", "/v1/workspaces/acme/feed?after=p2", "/v1/workspaces/acme/feed?after=p3"],
            server.Requests.Select(request => request.Path));
        Assert.Contains("going on after p2", prompt.Error);
    }

    [Fact]
    public async Task A_server_that_restarts_is_waited_for()
    {
        var times = 0;
        await using var server = await StandIn.Start(async (_, context) =>
        {
            if (Interlocked.Increment(ref times) is 2)
            {
                await StandIn.Answer(context, 503, "{}");
                return;
            }

            await Send(context, [$"p{times}"]);
        });
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("tail", "-w", "acme", "--since", "p0", "--json", "--count", "2"));
        Assert.Equal(["p1", "p3"], prompt.Out.TrimEnd('\n').Split('\n').Select(Position));
    }

    [Fact]
    public async Task A_key_that_was_revoked_meanwhile_ends_it()
    {
        await using var server = await StandIn.Start((_, context) =>
            context.Request.Query["after"] == "p1" ? StandIn.Answer(context, 401, """{"title":"no"}""") : Send(context, ["p1"]));
        Assert.Equal(5, await new Prompt(server.Url).Type("tail", "-w", "acme", "--since", "beginning"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_not_waited_for_at_the_start()
    {
        var server = await StandIn.Start(200);
        var url = server.Url;
        await server.DisposeAsync();
        Assert.Equal(3, await new Prompt(url).Type("tail", "-w", "acme", "--since", "beginning"));
    }

    [Fact]
    public async Task An_event_is_one_readable_line()
    {
        await using var server = await StandIn.Start((_, context) => SendLines(context,
            """{"position":"p1","stream":"dlv_1","version":1,"type":"delivery_succeeded","at":"2026-11-20T12:03:04.5Z","data":{"of":{"event":"evt_1","accepted_at":"2026-11-20T12:03:04Z"},"attempt":{"number":1,"outcome":"delivered","error":"a\u001bb"},"at":"2026-11-20T12:03:04Z"}}"""));
        var prompt = new Prompt(server.Url);
        await prompt.Type("tail", "-w", "acme", "--since", "beginning", "--count", "1");
        Assert.Equal("12:03:04  delivery_succeeded        dlv_1                           number=1 outcome=delivered error=a\uFFFDb event=evt_1\n", prompt.Out);
    }

    [Fact]
    public async Task Now_begins_at_the_newest_event_and_passes_over_what_is_older_than_the_servers_clock()
    {
        await using var server = await StandIn.Start((asked, context) =>
        {
            if (asked.Path.Contains("/events"))
            {
                context.Response.Headers.Date = "Fri, 20 Nov 2026 12:00:00 GMT";
                return StandIn.Answer(context, 200, """{"items":[{"id":"evt_9","position":"p9"}],"next":"x"}""");
            }

            return SendLines(context, Stored("p10", "2026-11-20T11:59:59Z"), Stored("p11", "2026-11-20T12:00:00Z"));
        });
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("tail", "-w", "acme", "--json", "--count", "1"));
        Assert.Equal("/v1/workspaces/acme/feed?after=p9", server.Requests[^1].Path);
        Assert.Equal("p11", Position(prompt.Out));
    }

    [Fact]
    public async Task An_interrupt_ends_it_well()
    {
        await using var server = await StandIn.Start(async (_, context) =>
        {
            await Send(context, ["p1"]);
            await StandIn.Hold(context);
        });
        var prompt = new Prompt(server.Url);
        using var interrupt = new CancellationTokenSource();
        var run = prompt.Type(interrupt.Token, "tail", "-w", "acme", "--since", "beginning", "--json");
        await prompt.Prints("p1");
        await interrupt.CancelAsync();
        Assert.Equal(0, await run);
    }

    private static Task Send(HttpContext context, string[] positions) => SendLines(context, [.. positions.Select(position => Stored(position, "2026-11-20T12:00:00Z"))]);

    private static async Task SendLines(HttpContext context, params string[] lines)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(": following\n\n");
        foreach (var line in lines)
            await context.Response.WriteAsync($"id: {Position(line)}\ndata: {line}\n\n");
        await context.Response.Body.FlushAsync();
    }

    private static string Stored(string position, string at) => $$"""{"position":"{{position}}","stream":"evt_1","version":1,"type":"event_published","at":"{{at}}","data":null}""";

    private static string Position(string line) => (string)System.Text.Json.Nodes.JsonNode.Parse(line)!["position"]!;
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class PublishTests
{
    private const string Single = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    [Fact]
    public async Task Options_make_one_event()
    {
        await using var server = await StandIn.Start(202, """{"id":"evt_1","position":"p1"}""");
        var prompt = new Prompt(server.Url) { Input = """{"total":120}""" };
        Assert.Equal(0, await prompt.Type(
            "publish", "-w", "acme", "--type", "order.created", "--source", "shop", "--id", "1", "--subject", "s", "--resource", "order", "--resource-id", "9", "--data", "-"));
        var request = Assert.Single(server.Requests);
        Assert.Equal("/v1/workspaces/acme/events", request.Path);
        Assert.StartsWith(Single, request.ContentType);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(
            """{"specversion":"1.0","id":"1","source":"shop","type":"order.created","subject":"s","resource":"order","resourceid":"9","datacontenttype":"application/json","data":{"total":120}}"""),
            request.Json), request.Body);
        Assert.Equal("Published evt_1\n", prompt.Out);
    }

    [Fact]
    public async Task Data_may_be_a_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """{"total":1.50}""");
        await using var server = await StandIn.Start(202, """{"id":"evt_1"}""");
        await new Prompt(server.Url).Type("publish", "-w", "acme", "--type", "a", "--source", "s", "--data", "@" + file);
        Assert.Contains("\"data\":{\"total\":1.50}", Assert.Single(server.Requests).Body);
        File.Delete(file);
    }

    [Fact]
    public async Task A_duplicate_is_told_apart()
    {
        await using var server = await StandIn.Start(200, """{"id":"evt_1","position":"p1","duplicate":true}""");
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("publish", "-w", "acme", "--type", "a", "--source", "s", "--id", "1"));
        Assert.Equal("Already published: evt_1\n", prompt.Out);
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("array")]
    [InlineData("indented")]
    public async Task A_file_is_sent_in_order_in_batches_of_100(string form)
    {
        var events = Enumerable.Range(1, 250).Select(Event).ToArray();
        var file = form switch
        {
            "lines" => "\uFEFF" + string.Join('\n', events) + "\n",
            "array" => $" [{string.Join(",\n", events)}]",
            _ => string.Join('\n', events.Select(e => JsonNode.Parse(e)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }))),
        };
        await using var server = await Accepting();
        var prompt = new Prompt(server.Url) { Input = file };
        Assert.Equal(0, await prompt.Type("publish", "-w", "acme", "--file", "-"));
        Assert.All(server.Requests, request => Assert.StartsWith(Batch, request.ContentType));
        Assert.Equal([100, 100, 50], server.Requests.Select(request => request.Json.AsArray().Count));
        Assert.Equal(Enumerable.Range(1, 250), server.Requests.SelectMany(request => request.Json.AsArray()).Select(e => int.Parse((string)e!["id"]!)));
        Assert.Equal("Published 250 events.\n", prompt.Out);
    }

    [Theory]
    [InlineData(1024 * 1024, 1)]
    [InlineData(1024 * 1024 + 1, 2)]
    public async Task A_batch_is_at_most_one_mebibyte(int bytes, int batches)
    {
        var first = Event(1);
        var padding = bytes - $"[{first},{Padded("")}]".Length;
        await using var server = await Accepting();
        await new Prompt(server.Url) { Input = $"{first}\n{Padded(new string('x', padding))}" }.Type("publish", "-w", "acme", "--file", "-");
        Assert.Equal(batches, server.Requests.Count);

        static string Padded(string padding) => Event(2)[..^1] + $",\"padding\":\"{padding}\"}}";
    }

    [Fact]
    public async Task Each_accepted_event_is_a_line_for_programs()
    {
        await using var server = await Accepting();
        var prompt = new Prompt(server.Url) { Input = string.Join('\n', Enumerable.Range(1, 101).Select(Event)) };
        await prompt.Type("publish", "-w", "acme", "--file", "-", "--json");
        Assert.Equal(Enumerable.Range(1, 101).Select(n => $$"""{"id":"evt_{{n}}"}"""), prompt.Out.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_batch_whose_connection_broke_is_sent_again_as_it_was()
    {
        var broken = 0;
        await using var server = await StandIn.Start((asked, context) =>
        {
            if (Interlocked.Increment(ref broken) == 2)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return Accept(asked, context);
        });
        var prompt = new Prompt(server.Url) { Input = string.Join('\n', Enumerable.Range(1, 150).Select(Event)) };
        Assert.Equal(0, await prompt.Type("publish", "-w", "acme", "--file", "-"));
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(server.Requests[1].Body, server.Requests[2].Body);
        Assert.Equal("Published 150 events.\n", prompt.Out);
    }

    [Fact]
    public async Task A_refusal_is_not_sent_again_and_says_how_far_it_came()
    {
        await using var server = await StandIn.Start((asked, context) => asked.Json[0]!["id"]!.GetValue<string>() == "101"
            ? StandIn.Answer(context, 400, """{"title":"The body is not a valid CloudEvent.","errors":[{"field":"[3].source","reason":"is required"}]}""")
            : Accept(asked, context));
        var prompt = new Prompt(server.Url) { Input = string.Join('\n', Enumerable.Range(1, 250).Select(Event)) };
        Assert.Equal(1, await prompt.Type("publish", "-w", "acme", "--file", "-"));
        Assert.Equal(2, server.Requests.Count);
        Assert.Contains("events 101 to 200 were not published", prompt.Error);
        Assert.Contains("[3].source is required", prompt.Error);
        Assert.Contains("100 events before them are published", prompt.Error);
    }

    [Theory]
    [InlineData("{\"id\":\"1\"}\n{\"id\":", "event 2")]
    [InlineData("{\"id\":\"1\"}\n7\n", "event 2 is not a JSON object")]
    public async Task A_broken_file_says_where(string file, string where)
    {
        await using var server = await Accepting();
        var prompt = new Prompt(server.Url) { Input = file };
        Assert.Equal(2, await prompt.Type("publish", "-w", "acme", "--file", "-"));
        Assert.Contains(where, prompt.Error);
    }

    [Fact]
    public async Task An_empty_file_is_no_events()
    {
        await using var server = await Accepting();
        var prompt = new Prompt(server.Url) { Input = "\n" };
        Assert.Equal(0, await prompt.Type("publish", "-w", "acme", "--file", "-"));
        Assert.Equal("Published 0 events.\n", prompt.Out);
    }

    private static string Event(int number) => $$"""{"specversion":"1.0","id":"{{number}}","source":"s","type":"t"}""";

    private static Task<StandIn> Accepting() => StandIn.Start(Accept);

    private static Task Accept(StandIn.Asked asked, Microsoft.AspNetCore.Http.HttpContext context) => StandIn.Answer(
        context, 202, $$"""{"events":[{{string.Join(',', asked.Json.AsArray().Select(e => $$"""{"id":"evt_{{e!["id"]}}"}"""))}}]}""");
}

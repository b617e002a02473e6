using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class ListTests
{
    [Fact]
    public async Task A_list_is_a_table_without_its_empty_columns()
    {
        await using var server = await StandIn.Start(200, """
            {"items":[{"id":"con_1","name":"orders","status":"enabled","kind":"webhook","config":{"url":"http://127.0.0.1:9009/hooks"},"created_at":null},
                      {"id":"con_2","name":"crm","status":"disabled","kind":"webhook","config":{"url":"https://crm.example"}}],"next":null}
            """);
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("connections", "list", "-w", "acme"));
        Assert.Equal("""
            ID     NAME    KIND     STATUS    URL
            con_1  orders  webhook  enabled   http://127.0.0.1:9009/hooks
            con_2  crm     webhook  disabled  https://crm.example

            """, prompt.Out);
        Assert.Empty(prompt.Error);
    }

    [Fact]
    public async Task Pages_are_followed_as_far_as_the_limit()
    {
        await using var server = await Numbered(250);
        var prompt = new Prompt(server.Url);
        await prompt.Type("events", "list", "-w", "acme", "--limit", "120", "--json");
        Assert.Equal(["/v1/workspaces/acme/events?limit=100", "/v1/workspaces/acme/events?limit=20&cursor=100"], server.Requests.Select(request => request.Path));
        var list = System.Text.Json.Nodes.JsonNode.Parse(prompt.Out)!;
        Assert.Equal(Enumerable.Range(0, 120).Select(n => $"evt_{n}"), list["items"]!.AsArray().Select(item => (string?)item!["id"]));
        Assert.Equal("120", (string?)list["next"]);
    }

    [Fact]
    public async Task All_of_them_are_all_pages()
    {
        await using var server = await Numbered(250);
        var prompt = new Prompt(server.Url);
        await prompt.Type("events", "list", "-w", "acme", "--all", "--json");
        var list = System.Text.Json.Nodes.JsonNode.Parse(prompt.Out)!;
        Assert.Equal(250, list["items"]!.AsArray().Count);
        Assert.Null(list["next"]);
    }

    [Fact]
    public async Task People_are_told_that_there_is_more()
    {
        await using var server = await Numbered(60);
        var prompt = new Prompt(server.Url);
        await prompt.Type("events", "list", "-w", "acme");
        Assert.Contains("The first 50 are shown", prompt.Error);
        Assert.Equal(51, prompt.Out.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task An_empty_list_says_so_beside_the_result()
    {
        await using var server = await StandIn.Start(200, """{"items":[],"next":null}""");
        var prompt = new Prompt(server.Url);
        await prompt.Type("rules", "list", "-w", "acme");
        Assert.Empty(prompt.Out);
        Assert.Contains("no rules in acme", prompt.Error);
        await prompt.Type("rules", "list", "-w", "acme", "--json");
        Assert.Equal("""{"items":[],"next":null}""" + "\n", prompt.Out);
    }

    [Fact]
    public async Task Filters_go_into_the_query()
    {
        await using var server = await StandIn.Start(200, """{"items":[],"next":null}""");
        await new Prompt(server.Url).Type("deliveries", "list", "-w", "acme", "--status", "dead_lettered", "--connection", "con_1", "--event", "evt_1");
        Assert.Equal("/v1/workspaces/acme/deliveries?status=dead_lettered&connection=con_1&event=evt_1&limit=50", Assert.Single(server.Requests).Path);
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(true, "1", false)]
    public async Task Colours_are_for_terminals_that_want_them(bool isTerminal, string? noColour, bool coloured)
    {
        await using var server = await StandIn.Start(200, """{"items":[{"id":"dlv_1","status":"delivered"}],"next":null}""");
        var prompt = new Prompt(server.Url) { IsTerminal = isTerminal };
        if (noColour is not null)
            prompt.Variables["NO_COLOR"] = noColour;
        await prompt.Type("deliveries", "list", "-w", "acme");
        Assert.Equal(coloured, prompt.Out.Contains('\e'));
        Assert.Contains("delivered", prompt.Out);
    }

    /// <summary>So many events, the cursor being the number of the next.</summary>
    private static Task<StandIn> Numbered(int count) => StandIn.Start((_, context) =>
    {
        var first = int.Parse(context.Request.Query["cursor"].FirstOrDefault() ?? "0");
        var end = Math.Min(count, first + int.Parse(context.Request.Query["limit"]!));
        var items = string.Join(',', Enumerable.Range(first, end - first).Select(n => $$"""{"id":"evt_{{n}}"}"""));
        return StandIn.Answer(context, 200, $$"""{"items":[{{items}}],"next":{{(end < count ? $"\"{end}\"" : "null")}}}""");
    });
}

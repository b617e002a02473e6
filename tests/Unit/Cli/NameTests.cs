using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class NameTests
{
    private static readonly string[] Pages =
    [
        """{"items":[{"id":"con_1","name":"orders"},{"id":"con_2","name":"twice"}],"next":"more"}""",
        """{"items":[{"id":"con_3","name":"crm"},{"id":"con_4","name":"twice"}],"next":null}""",
    ];

    [Fact]
    public async Task A_name_is_looked_for_on_every_page()
    {
        await using var server = await Connections();
        Assert.Equal(0, await new Prompt(server.Url).Type("connections", "delete", "crm", "-w", "acme"));
        Assert.Equal("/v1/workspaces/acme/connections/con_3", server.Requests[^1].Path);
        Assert.Equal("DELETE", server.Requests[^1].Method);
    }

    [Fact]
    public async Task A_rule_takes_names_of_connections()
    {
        await using var server = await Connections();
        await new Prompt(server.Url).Type("rules", "create", "r", "-w", "acme", "--to", "orders");
        Assert.Equal("con_1", (string?)server.Requests[^1].Json["connections"]![0]);
    }

    [Fact]
    public async Task A_name_of_two_is_nobodys()
    {
        await using var server = await Connections();
        var prompt = new Prompt(server.Url);
        Assert.Equal(2, await prompt.Type("connections", "delete", "twice", "-w", "acme"));
        Assert.Contains("con_2, con_4", prompt.Error);
        Assert.DoesNotContain(server.Requests, request => request.Method == "DELETE");
    }

    [Fact]
    public async Task A_name_of_none_is_not_found()
    {
        await using var server = await Connections();
        var prompt = new Prompt(server.Url);
        Assert.Equal(4, await prompt.Type("connections", "get", "nobody", "-w", "acme"));
        Assert.Contains("connections list -w acme", prompt.Error);
    }

    private static Task<StandIn> Connections() => StandIn.Start((_, context) =>
        StandIn.Answer(context, 200, context.Request.Method == "GET" ? Pages[context.Request.Query.ContainsKey("cursor") ? 1 : 0] : "{}"));
}

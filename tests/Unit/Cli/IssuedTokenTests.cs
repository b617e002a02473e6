using System.Net;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class IssuedTokenTests
{
    private static readonly string Issued = "eyJ." + new string('a', 900) + ".sig";

    [Fact]
    public async Task A_key_is_exchanged_and_the_token_is_all_that_is_printed()
    {
        await using var server = await StandIn.Start(200, $$"""{"access_token":"{{Issued}}","token_type":"Bearer","expires_in":900,"scope":"publisher"}""");
        var prompt = new Prompt(server.Url) { Variables = { ["EVENTMESH_TOKEN"] = "emk_the-key" } };
        Assert.Equal(0, await prompt.Type("token", "-w", "acme", "--role", "publisher"));
        Assert.Equal(Issued, prompt.Out.Trim());
        var asked = Assert.Single(server.Requests);
        Assert.Equal(("/issuers/acme/token", null), (asked.Path, asked.Authorization));
        Assert.Contains("subject_token=emk_the-key", asked.Body, StringComparison.Ordinal);
        Assert.Contains("scope=publisher", asked.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_of_an_account_is_not_taken_from_the_command_line_and_an_admin_token_is_not_sent()
    {
        await using var server = await StandIn.Start(200, "{}");
        Assert.NotEqual(0, await new Prompt(server.Url).Type("token", "-w", "acme", "--account", "sa_1", "--secret", "ems_secret"));
        Assert.NotEqual(0, await new Prompt(server.Url) { Variables = { ["EVENTMESH_TOKEN"] = "ema_admin" } }.Type("token", "-w", "acme"));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task What_the_issuer_refuses_is_told_in_its_words()
    {
        await using var server = await StandIn.Start(401, """{"error":"invalid_client","error_description":"The client is not known here."}""");
        var prompt = new Prompt(server.Url) { Variables = { ["EVENTMESH_TOKEN"] = "emk_the-key" } };
        Assert.NotEqual(0, await prompt.Type("token", "-w", "acme"));
        Assert.Contains("The client is not known here. (401)", prompt.Error, StringComparison.Ordinal);
    }
}

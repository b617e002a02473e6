using System.Text.RegularExpressions;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public partial class HelpTests
{
    [Theory]
    [InlineData("workspaces create|list|get|set-plan|change|set-origins|suspend|resume|close|cancel-close|purge|receipt|delete")]
    [InlineData("elevation request|approve|refuse|end|list")]
    [InlineData("keys create|list|set-roles|revoke")]
    [InlineData("sources create|list|get|rotate-secret|rotate-token|enable|disable|delete")]
    [InlineData("connections create|list|get|enable|disable|close-circuit|delete|rotate-secret|secrets|credential")]
    [InlineData("connections credential set")]
    [InlineData("connections credential revoke")]
    [InlineData("secrets create|list|get|add-version|revoke|delete")]
    [InlineData("rules create|list|get|test|enable|disable|delete")]
    [InlineData("types list|create|get|add-schema|archive|send|validate|import")]
    [InlineData("events list|get")]
    [InlineData("deliveries list|get|retry")]
    [InlineData("replays start|list|get|cancel")]
    [InlineData("admins add|list|remove")]
    [InlineData("encryption status|rotate|rewrap")]
    [InlineData("publish")]
    [InlineData("configuration show|diff")]
    [InlineData("projections list|rebuild|cancel|pause|resume|skip|retry")]
    [InlineData("usage")]
    [InlineData("tail")]
    [InlineData("verify")]
    [InlineData("listen")]
    public async Task Every_command_has_help_with_examples_of_itself(string commands)
    {
        var (noun, verbs) = commands.Split(' ') is [var first, var rest] ? (first, rest.Split('|')) : (commands, []);
        foreach (var command in verbs.Select(verb => $"{noun} {verb}").Append(noun))
        {
            var prompt = new Prompt("http://unused");
            Assert.Equal(0, await prompt.Type([.. command.Split(' '), "--help"]));
            Assert.Contains($"\n  eventmesh {command}", Examples().Split(prompt.Out)[^1]);
        }
    }

    [Fact]
    public async Task Nothing_asked_is_help()
    {
        var prompt = new Prompt("http://unused");
        Assert.Equal(0, await prompt.Type());
        Assert.Contains("connections", prompt.Out);
    }

    [GeneratedRegex("Examples?:")]
    private static partial Regex Examples();
}

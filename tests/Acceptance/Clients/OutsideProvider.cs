using System.Text.Json.Nodes;

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>npm's oidc-provider on a loopback port: an identity provider, and an OAuth server, that is not ours. What it can be told is in <c>clients/provider.mjs</c>.</summary>
internal sealed class OutsideProvider : IDisposable
{
    private readonly NodeScript script;

    private OutsideProvider(NodeScript script, string issuer) => (this.script, Issuer) = (script, issuer);

    public string Issuer { get; }

    /// <param name="config">JSON: clients, claims by subject, audience, rotate_refresh_tokens, ttl, …</param>
    public static async Task<OutsideProvider> Start(string config = "{}")
    {
        var script = new NodeScript("provider.mjs", config);
        return new(script, await script.Line());
    }

    /// <summary>An access token for a subject, signed with the newest key.</summary>
    public async Task<string> Token(string subject, string claims = "{}", string audience = "eventmesh", int seconds = 300) =>
        (await Tell($$"""{"do":"token","sub":"{{subject}}","claims":{{claims}},"audience":"{{audience}}","seconds":{{seconds}}}"""))["token"]!.GetValue<string>();

    /// <summary>A new signing key; the old one is not shown any more.</summary>
    public Task ReplaceKey() => Tell("""{"do":"replace"}""");

    /// <summary>A new signing key beside the old one.</summary>
    public Task RotateKey() => Tell("""{"do":"rotate"}""");

    public Task GoDown() => Tell("""{"do":"down"}""");

    public Task ComeUp() => Tell("""{"do":"up"}""");

    /// <summary>How often its keys were asked for.</summary>
    public async Task<int> KeysAsked() => (await Tell("""{"do":"asked"}"""))["/jwks"]?.GetValue<int>() ?? 0;

    public async Task<JsonNode> Tell(string command)
    {
        await script.Say(command);
        var answer = await script.Json();
        return answer["fault"] is { } fault ? throw new InvalidOperationException(fault.ToJsonString()) : answer;
    }

    public void Dispose() => script.Dispose();
}

using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>A node whose issuers' keys are old after some seconds: what takes months elsewhere.</summary>
public sealed class When_signing_keys_age
{
    [Fact]
    public async Task The_next_one_signs_by_itself_and_tokens_of_the_one_before_hold()
    {
        await using var node = await EventMeshProcess.Start(new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = await (await PostgresServer.Shared).CreateDatabase("ageing"), ["EVENTMESH_ISSUER_KEY_AGE"] = "5s", ["EVENTMESH_ISSUER_KEY_OVERLAP"] = "1s",
        });
        var workspace = await Workspace.New(node);
        var account = await workspace.Account("publisher");
        var first = await workspace.Token(account);
        await Eventually.True(async () => Kid(await workspace.Token(account)) != Kid(first), TimeSpan.FromSeconds(60), "another key to sign");
        (await workspace.As(first).Get("/events")).Is(HttpStatusCode.OK);
        var keys = (await workspace.Get("/issuer")).Is(HttpStatusCode.OK).Json["keys"]!.AsArray();
        // On a slow machine more than one has followed.
        Assert.Equal("verifying", Assert.Single(keys, k => k!["kid"]!.GetValue<string>() == Kid(first))!["state"]!.GetValue<string>());
    }

    private static string Kid(string token) => Signer.Part(token, 0)["kid"]!.GetValue<string>();
}

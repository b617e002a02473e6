using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>Receivers that are not ours verify through a change of secrets: npm's standardwebhooks, and node's crypto for Ed25519 and the legacy header.</summary>
public sealed class When_a_secret_is_rotated(RunningMesh mesh)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Both_sign_during_the_overlap_and_the_new_one_alone_after_it()
    {
        var workspace = await mesh.Workspace();
        using var receiver = new NodeScript("verify.mjs");
        var url = $"http://127.0.0.1:{await receiver.Line()}/";
        var created = (await workspace.Post("/connections", $$$"""{"name":"t","kind":"webhook","config":{"url":"{{{url}}}","legacy_signature":{"header":"X-Hub-Signature-256"} } }""")).Is(HttpStatusCode.Created);
        var id = created["id"];
        await workspace.Rule("{}", id);
        await Know(receiver, created["secret"]);
        Assert.Equal("""fits [0] of 1, legacy [0]""", await Delivered(workspace, receiver, "1"));

        var rotated = (await workspace.Post($"/connections/{id}/secret/rotate", """{"overlap_seconds":3600}""")).Is(HttpStatusCode.OK);
        await Know(receiver, rotated["secret"]);
        Assert.Equal("""fits [0,1] of 2, legacy [1]""", await Delivered(workspace, receiver, "2"));

        (await workspace.Patch("/connections/" + id, """{"config":{"legacy_signature":null}}""")).Is(HttpStatusCode.OK);
        var asymmetric = (await workspace.Post($"/connections/{id}/secret/rotate", """{"overlap_seconds":2,"scheme":"ed25519"}""")).Is(HttpStatusCode.OK);
        Assert.Null(asymmetric.Json["secret"]);
        await Know(receiver, asymmetric["public_key"]);
        Assert.Equal("""fits [0,1,2] of 3, legacy []""", await Delivered(workspace, receiver, "3"));

        await Eventually.True(async () => (await workspace.Get($"/connections/{id}/secrets")).Items.Count == 1, Patience, "the overlap to end");
        Assert.Equal("""fits [2] of 1, legacy []""", await Delivered(workspace, receiver, "4"));

        await Know(receiver, (await workspace.Post($"/connections/{id}/secret/rotate", """{"overlap_seconds":0,"scheme":"hmac","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""")).Is(HttpStatusCode.OK)["secret"]);
        Assert.Equal("""fits [3] of 1, legacy []""", await Delivered(workspace, receiver, "5"));
    }

    private static async Task Know(NodeScript receiver, string key)
    {
        await receiver.Say(key);
        Assert.Equal("taken", await receiver.Line());
    }

    private static async Task<string> Delivered(Workspace workspace, NodeScript receiver, string id)
    {
        (await workspace.Publish(Workspace.Event(id))).Is(HttpStatusCode.Accepted);
        var arrived = await receiver.Json();
        Assert.Equal(id, arrived["body"]!["id"]!.GetValue<string>());
        return $"fits {Text("fits")} of {Text("signatures")}, legacy {Text("legacy")}";

        string Text(string member) => arrived[member]!.ToJsonString();
    }
}

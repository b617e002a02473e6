using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_headers_are_secret(RunningMesh mesh)
{
    private static readonly string Canary = Planted.New();
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Their_values_are_sent_and_shown_to_nobody()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection(receiver.Url("/a").AbsoluteUri, $$""","headers":{"X-Api-Key":"{{Canary}}1","Cookie":"{{Canary}}2","X-Plain":"plain"}""");
        await workspace.Rule("{}", id);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), Soon, "it arrives");
        var headers = receiver.Arrived.First().Headers;
        Assert.Equal((Canary + "1", Canary + "2", "plain"), (headers["X-Api-Key"].ToString(), headers.Cookie.ToString(), headers["X-Plain"].ToString()));
        Assert.Equal("""{"X-Plain":"plain","Cookie":"***","X-Api-Key":"***"}""", (await workspace.Get("/connections/" + id)).Json["config"]!["headers"]!.ToJsonString());

        await Eventually.True(async () => (await workspace.Get("/deliveries")).Items is [var d] && d["status"]!.GetValue<string>() == "delivered", Soon, "it is listed");
        var delivery = (await workspace.Get("/deliveries")).Items[0]["id"]!.GetValue<string>();
        foreach (var answer in new[]
        {
            await workspace.Get("/connections"), await workspace.Get("/connections/" + id), await workspace.Get("/streams/" + id), await workspace.Get("/feed"), await workspace.Get("/deliveries/" + delivery),
            await workspace.Patch("/connections/" + id, $$"""{"config":{"headers":{"X-Api-Key":"{{Canary}}3","Host":"{{Canary}}"} } }"""),
            await workspace.Patch("/connections/" + id, $$"""{"config":{"headers":{"X-Api-Key":"{{Canary}}3"} } }"""),
        }) Assert.DoesNotContain(Canary, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_shown_sent_back_keeps_the_value_and_null_takes_it_away()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection(receiver.Url("/a").AbsoluteUri, ""","headers":{"X-Token":"one","X-Key":"two"}""");
        await workspace.Rule("{}", id);

        // The whole of what was read, and only another name with it.
        var read = (await workspace.Get("/connections/" + id)).Json["config"]!["headers"]!.ToJsonString();
        Assert.Equal("\"1\"", (await workspace.Patch("/connections/" + id, $$"""{"config":{"headers":{{read}} } }""")).Is(HttpStatusCode.OK).Headers.ETag!.Tag);
        (await workspace.Patch("/connections/" + id, """{"name":"renamed"}""")).Is(HttpStatusCode.OK);
        (await workspace.Patch("/connections/" + id, """{"config":{"headers":{"X-Key":null,"x-session":"three","X-Token":"***"}}}""")).Is(HttpStatusCode.OK);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), Soon, "it arrives");
        var headers = receiver.Arrived.First().Headers;
        Assert.Equal(("one", "", "three"), (headers["X-Token"].ToString(), headers["X-Key"].ToString(), headers["X-Session"].ToString()));
        (await workspace.Patch("/connections/" + id, """{"config":{"headers":{"X-Token":"four"}}}""")).Is(HttpStatusCode.OK);
        (await workspace.Publish(Workspace.Event("2"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 2), Soon, "it arrives");
        Assert.Equal("four", receiver.Arrived.Last().Headers["X-Token"].ToString());
    }

    [Fact]
    public async Task What_is_not_kept_cannot_be_kept_on()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/connections", """{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"X-Token":"***","X-Plain":"***"}}}"""))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("config.headers.X-Token", "there is none");
        var id = await workspace.Connection("https://example.com", ""","headers":{"X-Plain":"***"}""");
        Assert.Equal("""{"X-Plain":"***"}""", (await workspace.Get("/connections/" + id)).Json["config"]!["headers"]!.ToJsonString());
        (await workspace.Patch("/connections/" + id, """{"config":{"headers":{"Authorization":"***"}}}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_password_in_the_URL_is_refused_with_a_way_out() =>
        (await (await mesh.Workspace()).Post("/connections", """{"name":"a","kind":"webhook","config":{"url":"https://u:p@example.com"}}"""))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("config.url", "a credential of the kind basic");

    [Fact]
    public async Task A_value_has_at_most_4096_characters()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/connections", With(4096))).Is(HttpStatusCode.Created);
        (await workspace.Post("/connections", With(4097))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("config.headers.X-Token", "at most 4096");

        static string With(int chars) => $$$"""{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"X-Token":"{{{new string('v', chars)}}}"} } }""";
    }
}

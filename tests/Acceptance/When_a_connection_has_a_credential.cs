using System.Net;
using System.Text;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_connection_has_a_credential(RunningMesh mesh)
{
    private static readonly string Canary = Planted.New();

    public static readonly TheoryData<string, string, string> Kinds = new()
    {
        { $$"""{"kind":"api_key","header":"X-Api-Key","value":"{{Canary}}"}""", "X-Api-Key", Canary },
        { $$"""{"kind":"api_key","header":"Authorization","prefix":"Token ","value":"{{Canary}}"}""", "Authorization", "Token " + Canary },
        { $$"""{"kind":"api_key","query":"api key","value":"{{Canary}}&a=b"}""", "?", $"?mode=live&api%20key={Canary}%26a%3Db" },
        { $$"""{"kind":"basic","username":"päul","password":"{{Canary}}:ü"}""", "Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"päul:{Canary}:ü")) },
        { $$"""{"kind":"bearer","token":"{{Canary}}"}""", "Authorization", "Bearer " + Canary },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Its_requests_carry_it_and_nobody_is_shown_its_secret(string credential, string place, string expected)
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var created = await workspace.Post("/connections",
            $$"""{"name":"crm","kind":"webhook","config":{"url":"{{receiver.Url("/hook")}}?mode=live"},"credential":{{credential}} }""");
        var id = created.Is(HttpStatusCode.Created)["id"];
        Assert.Equal("active", created.Json["credential"]!["status"]!.GetValue<string>());
        await workspace.Rule("{}", id);
        var published = (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), TimeSpan.FromSeconds(20), "it arrives");

        var arrival = receiver.Arrived.First();
        Assert.Equal(expected, place == "?" ? arrival.Query : arrival.Headers[place].ToString());
        Assert.True(arrival.IsSignedWith(created["secret"]));
        var rotated = (await workspace.Caller.Send(HttpMethod.Put, $"{workspace.Path}/connections/{id}/credential", credential, "application/json")).Is(HttpStatusCode.OK);
        Assert.Equal("\"3\"", rotated.Headers.ETag!.Tag);

        await Eventually.True(async () => (await workspace.Get("/deliveries")).Items is [var d] && d["status"]!.GetValue<string>() == "delivered", TimeSpan.FromSeconds(20), "it is listed");
        var delivery = (await workspace.Get("/deliveries")).Items[0]["id"]!.GetValue<string>();
        foreach (var answer in new[]
        {
            created, rotated, published, await workspace.Get("/connections"), await workspace.Get("/connections/" + id), await workspace.Get("/streams/" + id), await workspace.Get("/feed"),
            await workspace.Get("/deliveries/" + delivery), await workspace.Get("/streams/" + delivery),
            await workspace.Caller.Send(HttpMethod.Put, $"{workspace.Path}/connections/{id}/credential", credential.Replace("\"kind\"", "\"provider\":\"x\",\"kind\"", StringComparison.Ordinal), "application/json"),
            await workspace.Caller.Send(HttpMethod.Put, $"{workspace.Path}/connections/{id}/credential", credential + Canary, "application/json"),
        }) Assert.DoesNotContain(Canary, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains(Canary, StringComparison.Ordinal) || line.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_shown_without_its_secret_part()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        Assert.Equal("""{"kind":"none","status":"active"}""", (await workspace.Get("/connections/" + id)).Json["credential"]!.ToJsonString());
        await Set(workspace, id, """{"kind":"oauth2_client_credentials","token_url":"https://id.example/token?a=b","client_id":"crm","client_secret":"s","scopes":["a","b:c"],"audience":"x","resource":"https://a.example","client_authentication":"post","parameters":{"tenant":"7"}}""");
        var shown = (await workspace.Get("/connections/" + id)).Json["credential"]!.AsObject();
        Assert.True(shown.Remove("since"));
        Assert.Equal("""{"kind":"oauth2_client_credentials","status":"active","token_url":"https://id.example/token?a=b","client_id":"crm","scopes":["a","b:c"],"audience":"x","resource":"https://a.example","client_authentication":"post","parameters":{"tenant":"7"}}""", shown.ToJsonString());
        await Set(workspace, id, """{"kind":"none"}""");
        Assert.Equal("none", (await workspace.Get("/connections/" + id)).Json["credential"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task One_is_rotated_without_touching_another()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var (a, b) = (await workspace.Connection(receiver.Url("/a").AbsoluteUri), await workspace.Connection(receiver.Url("/b").AbsoluteUri));
        await Set(workspace, a, """{"kind":"bearer","token":"a1"}""");
        await Set(workspace, b, """{"kind":"bearer","token":"b1"}""");
        await workspace.Rule("{}", a, b);
        await Set(workspace, a, """{"kind":"bearer","token":"a2"}""");
        Assert.Equal(("\"3\"", "\"2\""), ((await workspace.Get("/connections/" + a)).Headers.ETag!.Tag, (await workspace.Get("/connections/" + b)).Headers.ETag!.Tag));
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 2), TimeSpan.FromSeconds(20), "both arrive");
        Assert.Equal(["Bearer a2", "Bearer b1"], receiver.Arrived.OrderBy(r => r.Path).Select(r => r.Headers.Authorization.ToString()));
    }

    [Fact]
    public async Task If_match_holds_and_the_same_credential_again_is_another_one()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        var path = $"{workspace.Path}/connections/{id}/credential";
        const string Bearer = """{"kind":"bearer","token":"t"}""";
        Assert.Equal("\"2\"", (await workspace.Caller.Send(HttpMethod.Put, path, Bearer, "application/json", ("If-Match", "\"1\""))).Is(HttpStatusCode.OK).Headers.ETag!.Tag);
        (await workspace.Caller.Send(HttpMethod.Put, path, Bearer, "application/json", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        (await workspace.Caller.Delete(path, ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed, "version_mismatch");
        Assert.Equal("\"3\"", (await workspace.Caller.Send(HttpMethod.Put, path, Bearer, "application/json")).Is(HttpStatusCode.OK).Headers.ETag!.Tag);
        Assert.Equal("\"4\"", (await workspace.Caller.Delete(path, ("If-Match", "\"3\""))).Is(HttpStatusCode.NoContent).Headers.ETag!.Tag);
        (await workspace.Caller.Delete(path)).Is(HttpStatusCode.NoContent);
        Assert.Equal(["connection_created", "connection_credential_set", "connection_credential_set", "connection_credential_revoked"],
            (await workspace.Get("/streams/" + id)).Items.Select(e => e["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Two_values_in_one_place_are_refused_from_either_side()
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection("http://127.0.0.1:9/hook?key=1", ""","headers":{"X-Own":"1"}""");
        foreach (var credential in new[] { """{"kind":"api_key","header":"x-own","value":"v"}""", """{"kind":"api_key","query":"key","value":"v"}""" })
            (await workspace.Caller.Send(HttpMethod.Put, $"{workspace.Path}/connections/{id}/credential", credential, "application/json")).IsProblem(HttpStatusCode.Conflict, "conflict");
        await Set(workspace, id, """{"kind":"bearer","token":"t"}""");
        (await workspace.Patch("/connections/" + id, """{"config":{"headers":{"authorization":"mine"}}}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Post("/connections", """{"name":"a","kind":"webhook","config":{"url":"https://example.com","headers":{"Authorization":"x"}},"credential":{"kind":"bearer","token":"t"}}"""))
            .IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Single((await workspace.Get("/connections")).Items);
    }

    [Fact]
    public async Task What_is_not_there_or_not_one_s_own_has_none()
    {
        var (workspace, another) = (await mesh.Workspace(), await (await mesh.Workspace()).WithKey());
        var id = await workspace.Connection();
        foreach (var path in new[] { $"{another.Path}/connections/{id}/credential", $"{workspace.Path}/connections/{id}/credential", $"{another.Path}/connections/con_none/credential" })
        {
            (await another.Caller.Send(HttpMethod.Put, path, """{"kind":"bearer","token":"t"}""", "application/json")).IsProblem(HttpStatusCode.NotFound, "not_found");
            (await another.Caller.Delete(path)).IsProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    public static readonly TheoryData<string, string, string> Wrong = new()
    {
        { """{}""", "kind", "is required: one of none, api_key, basic, bearer, oauth2_client_credentials, oauth2" },
        { """{"kind":"digest"}""", "kind", "must be one of" },
        { """{"kind":"none","token":"t"}""", "token", "is not for none" },
        { """{"kind":"api_key","value":"v"}""", "header", "or query is required" },
        { """{"kind":"api_key","header":"X-A","query":"q","value":"v"}""", "header", "not both" },
        { """{"kind":"api_key","header":"Host","value":"v"}""", "header", "is refused" },
        { """{"kind":"api_key","header":"webhook-signature","value":"v"}""", "header", "is refused" },
        { """{"kind":"api_key","header":"X-A"}""", "value", "is required" },
        { """{"kind":"api_key","header":"X-A","value":"ü"}""", "value", "printable ASCII" },
        { """{"kind":"api_key","query":"q","prefix":"p","value":"v"}""", "prefix", "belongs to header" },
        { """{"kind":"api_key","query":"q","value":"a\nb"}""", "value", "control characters" },
        { """{"kind":"basic","password":"p"}""", "username", "is required" },
        { """{"kind":"basic","username":"a:b","password":"p"}""", "username", "colon" },
        { """{"kind":"bearer"}""", "token", "is required" },
        { """{"kind":"bearer","token":"a\r\nb"}""", "token", "control characters" },
        { """{"kind":"bearer","token":7}""", "token", "must be a string" },
        { """{"kind":"oauth2_client_credentials","client_id":"a","client_secret":"b"}""", "token_url", "is required" },
        { """{"kind":"oauth2_client_credentials","token_url":"http://10.0.0.1/","client_id":"a","client_secret":"b"}""", "token_url", "not public" },
        { """{"kind":"oauth2_client_credentials","token_url":"https://a:b@id.example/","client_id":"a","client_secret":"b"}""", "token_url", "user name" },
        { """{"kind":"oauth2_client_credentials","token_url":"https://id.example/","client_id":"a","client_secret":"b","client_authentication":"jwt"}""", "client_authentication", "basic or post" },
        { """{"kind":"oauth2_client_credentials","token_url":"https://id.example/","client_id":"a","client_secret":"b","scopes":["a b"]}""", "scopes[0]", "without space" },
        { """{"kind":"oauth2_client_credentials","token_url":"https://id.example/","client_id":"a","client_secret":"b","resource":"https://a.example/#b"}""", "resource", "without a fragment" },
        { """{"kind":"oauth2_client_credentials","token_url":"https://id.example/","client_id":"a","client_secret":"b","parameters":{"grant_type":"password"}}""", "parameters.grant_type", "filled by EventMesh" },
        { """{"kind":"oauth2_client_credentials","token_url":"https://id.example/","client_id":"a","client_secret":"b","parameters":{"client_secret":"b"}}""", "parameters.client_secret", "may not be secret" },
        { """{"kind":"bearer","token":"t","secret":"x"}""", "secret", "is not a known field" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_one_is_refused_by_field_and_reason(string credential, string field, string words)
    {
        var workspace = await mesh.Workspace();
        var id = await workspace.Connection();
        (await workspace.Caller.Send(HttpMethod.Put, $"{workspace.Path}/connections/{id}/credential", credential, "application/json"))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        if (credential != "{}") (await workspace.Post("/connections", $$"""{"name":"a","kind":"webhook","config":{"url":"https://example.com"},"credential":{{credential}} }"""))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("credential." + field, words);
        Assert.Equal("\"1\"", (await workspace.Get("/connections/" + id)).Headers.ETag!.Tag);
    }

    private static async Task Set(Workspace workspace, string id, string credential) =>
        (await workspace.Caller.Send(HttpMethod.Put, $"{workspace.Path}/connections/{id}/credential", credential, "application/json")).Is(HttpStatusCode.OK);
}

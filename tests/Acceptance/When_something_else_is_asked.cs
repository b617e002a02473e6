using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_something_else_is_asked(RunningMesh mesh)
{
    [Fact]
    public async Task Unknown_addresses_and_methods_are_problems()
    {
        (await mesh.Admin.Get("/v1/nothing")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mesh.Admin.Get("/nothing")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mesh.Admin.Send(HttpMethod.Put, "/v1/workspaces", "{}", "application/json")).IsProblem(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
    }

    [Fact]
    public async Task Health_and_the_description_need_no_token()
    {
        using var http = new HttpClient { BaseAddress = mesh.Process.Address };
        var caller = new Caller(http);
        (await caller.Get("/healthz")).Is(HttpStatusCode.OK);
        (await caller.Get("/readyz")).Is(HttpStatusCode.OK);
        Assert.Contains("swagger", (await caller.Get("/docs/index.html")).Is(HttpStatusCode.OK).Text, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("3.1", (await caller.Get("/openapi/v1.json")).Is(HttpStatusCode.OK)["openapi"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_answer_names_the_server()
    {
        var answer = await mesh.Admin.Get("/healthz");
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Every_request_is_one_line_of_json_with_its_workspace_actor_and_subject()
    {
        var workspace = await mesh.Workspace();
        const string secret = "a-payload-that-nobody-may-log";
        var published = (await workspace.Publish(Workspace.Event("1", further: $",\"data\":\"{secret}\""))).Is(HttpStatusCode.Accepted);
        (await workspace.Publish("{")).Is(HttpStatusCode.BadRequest);
        JsonNode[] lines = [];
        await Servers.Eventually.True(() =>
        {
            lines = [.. mesh.Process.Lines.Where(l => l.StartsWith('{') && l.Contains(workspace.Id, StringComparison.Ordinal)).Select(l => JsonNode.Parse(l)!)
                .Where(l => l["event"]!.GetValue<string>() == "http.request" && l["route"]!.GetValue<string>().EndsWith("/events", StringComparison.Ordinal))];
            return Task.FromResult(lines.Length == 2);
        }, TimeSpan.FromSeconds(30), "two lines");
        Assert.Equal((workspace.Id, "production", published["id"], 202), (lines[0]["tenant_id"]!.GetValue<string>(), lines[0]["environment"]!.GetValue<string>(), lines[0]["subject"]!.GetValue<string>(), lines[0]["status"]!.GetValue<int>()));
        Assert.StartsWith("key_", lines[0]["actor"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((400, "malformed_json"), (lines[1]["status"]!.GetValue<int>(), lines[1]["problem"]!.GetValue<string>()));
        Assert.DoesNotContain(mesh.Process.Lines, l => l.Contains(secret, StringComparison.Ordinal) || l.Contains("emk_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_routes_and_their_description_are_those_approved()
    {
        var document = (await mesh.Admin.Get("/openapi/v1.json")).Is(HttpStatusCode.OK).Text;
        Approved.Is("docs/openapi.json", document.ReplaceLineEndings("\n") + "\n");
        var paths = JsonNode.Parse(document)!["paths"]!.AsObject();
        Approved.Is("tests/Acceptance/routes.approved.txt", string.Concat(paths.SelectMany(p => p.Value!.AsObject().Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}\n")).Order(StringComparer.Ordinal)));
    }
}

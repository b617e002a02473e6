using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance.Inbound;

/// <summary>A source of a journey's workspace, and a provider that sends to it: without any token but the one in the address.</summary>
internal sealed record Provider(Workspace Workspace, string Id, string Path, string Secret) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = Workspace.Process.Address };

    /// <param name="further">More members of the source, each with a comma before it.</param>
    public static async Task<Provider> Of(Workspace workspace, string verification = """{"kind":"github"}""", string further = "", string? secret = null)
    {
        var created = (await workspace.Post("/sources", $$"""{"name":"provider","verification":{{verification}}{{(secret is null ? "" : $",\"secret\":\"{secret}\"")}}{{further}}}""")).Is(HttpStatusCode.Created);
        return new(workspace, created["id"], created["receive_at"], secret ?? created["secret"]);
    }

    public Task<Answer> Send(string body, params (string Name, string Value)[] headers) => Send(Encoding.UTF8.GetBytes(body), "application/json", headers);

    public Task<Answer> Send(byte[] body, string? contentType, params (string Name, string Value)[] headers) => new Caller(http).Send(HttpMethod.Post, Path, body, contentType, headers);

    /// <summary>As GitHub signs.</summary>
    public Task<Answer> Github(string body, string delivery = "d-1", string? secret = null, string type = "push") =>
        Send(body, ("X-Hub-Signature-256", "sha256=" + Sign(body, secret)), ("X-GitHub-Delivery", delivery), ("X-GitHub-Event", type));

    public string Sign(string signed, string? secret = null) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret ?? Secret), Encoding.UTF8.GetBytes(signed)));

    /// <summary>What the API says became of the requests, once it says that there were so many.</summary>
    public async Task<JsonNode> Received(long requests)
    {
        JsonNode? received = null;
        await Eventually.True(async () =>
        {
            received = (await Workspace.Get("/sources/" + Id)).Is(HttpStatusCode.OK).Json["received"]!;
            return received["accepted"]!.GetValue<long>() + received["refused"]!.GetValue<long>() == requests;
        }, TimeSpan.FromSeconds(30), $"{requests} requests to be counted");
        return received!;
    }

    public void Dispose() => http.Dispose();
}

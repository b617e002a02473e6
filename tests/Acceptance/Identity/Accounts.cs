using System.Net;
using System.Net.Http.Headers;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Service accounts of a journey's workspace, and the tokens that they get.</summary>
internal static class Accounts
{
    /// <summary>A new account with a secret.</summary>
    public static async Task<(string Id, string Secret)> Account(this Workspace workspace, params string[] roles)
    {
        var created = (await workspace.Post("/service-accounts", $$"""{"name":"account","roles":[{{string.Join(',', roles.Select(r => $"\"{r}\""))}}]}""")).Is(HttpStatusCode.Created);
        var credential = (await workspace.Post($"/service-accounts/{created["id"]}/credentials", """{"kind":"secret"}""")).Is(HttpStatusCode.Created);
        return (created["id"], credential["secret"]);
    }

    /// <summary>The same workspace, for whoever has a token.</summary>
    public static Workspace As(this Workspace workspace, string token, EventMeshProcess? node = null) =>
        workspace with { Process = node ?? workspace.Process, Caller = new((node ?? workspace.Process).Client(token)) };

    /// <summary>Asks an issuer's token endpoint, with nothing but these parameters.</summary>
    public static Task<Answer> AskToken(this Workspace workspace, params (string Name, string Value)[] parameters) => workspace.Ask("token", parameters);

    /// <summary>A token for an account's secret.</summary>
    public static async Task<string> Token(this Workspace workspace, (string Id, string Secret) account, string? scope = null) =>
        (await workspace.AskToken([("grant_type", "client_credentials"), ("client_id", account.Id), ("client_secret", account.Secret), .. scope is null ? [] : new[] { ("scope", scope) }])).Is(HttpStatusCode.OK)["access_token"];

    /// <summary>A token for an API key.</summary>
    public static Task<Answer> Exchange(this Workspace workspace, string key, params (string Name, string Value)[] further) => workspace.AskToken(
        [("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", key), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), .. further]);

    public static async Task<Answer> Ask(this Workspace workspace, string endpoint, params (string Name, string Value)[] parameters)
    {
        using var body = new FormUrlEncodedContent(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));
        return await workspace.Ask(endpoint, body);
    }

    public static async Task<Answer> Ask(this Workspace workspace, string endpoint, HttpContent body, AuthenticationHeaderValue? authorization = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(workspace.Process.Address, $"/issuers/{workspace.Id}/{endpoint}")) { Content = body };
        request.Headers.Authorization = authorization;
        using var response = await http.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Asserts an error as RFC 6749 §5.2 has it.</summary>
    public static Answer IsOAuthError(this Answer answer, HttpStatusCode status, string error)
    {
        answer.Is(status);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal(error, answer["error"]);
        Assert.NotEmpty(answer["error_description"]);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        return answer;
    }
}

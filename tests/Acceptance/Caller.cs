using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>An answer, read whole.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, string? ContentType)
{
    /// <summary>Its JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string this[string member] => Json[member]!.GetValue<string>();

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<JsonNode> Items => [.. Json["items"]!.AsArray().Select(i => i!)];

    public string? Next => Json["next"]?.GetValue<string>();

    public Answer Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"Expected {(int)status}, got {(int)Status}: {Text}");
        return this;
    }

    /// <summary>Asserts that it is a problem of that status.</summary>
    public Answer IsProblem(HttpStatusCode status, string code)
    {
        Is(status);
        Assert.Equal("application/problem+json", ContentType);
        Assert.Equal(code, this["code"]);
        Assert.Equal("urn:eventmesh:error:" + code, this["type"]);
        Assert.Equal((int)status, Json["status"]!.GetValue<int>());
        Assert.NotEmpty(this["title"]);
        Assert.NotEmpty(this["detail"]);
        return this;
    }

    /// <summary>Asserts that the problem names a field and, in its reason, some words.</summary>
    public Answer Names(string field, string words)
    {
        var errors = Json["errors"]!.AsArray();
        Assert.Contains(errors, e => e!["field"]!.GetValue<string>() == field && e["reason"]!.GetValue<string>().Contains(words, StringComparison.Ordinal));
        return this;
    }
}

/// <summary>Somebody with a token, and the requests they make.</summary>
public sealed class Caller(HttpClient http)
{
    public HttpClient Http { get; } = http;

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, (byte[]?)null, null, headers);

    public Task<Answer> Delete(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Delete, path, (byte[]?)null, null, headers);

    public Task<Answer> Post(string path, string json, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, json, "application/json", headers);

    public Task<Answer> Patch(string path, string json, params (string Name, string Value)[] headers) => Send(HttpMethod.Patch, path, json, "application/json", headers);

    public Task<Answer> Send(HttpMethod method, string path, string? body, string? contentType, params (string Name, string Value)[] headers) =>
        Send(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, headers);

    public async Task<Answer> Send(HttpMethod method, string path, byte[]? body, string? contentType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (contentType is not null) request.Content!.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Planted.Notice(body, text);
        return new(response.StatusCode, text, response.Headers, response.Content.Headers.ContentType?.MediaType);
    }
}

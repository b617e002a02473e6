using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EventMesh.Connectors.OAuth;

/// <summary>The requests that make tokens of a code, renew them and give them back, as each provider wants them.</summary>
public static class TokenRequest
{
    /// <summary>RFC 6749 §4.1.3, with the verifier of RFC 7636 §4.5.</summary>
    public static HttpRequestMessage Exchange(Provider provider, Endpoints endpoints, OAuthClient client, string code, Uri redirect, string? verifier)
    {
        var members = new List<KeyValuePair<string, string>> { new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect.OriginalString) };
        if (verifier is not null) members.Add(new("code_verifier", verifier));
        members.AddRange(provider.Token.Exchange);
        return Token(provider, endpoints, client, members);
    }

    /// <summary>RFC 6749 §6. No scope is named: those that were granted stay.</summary>
    public static HttpRequestMessage Refresh(Provider provider, Endpoints endpoints, OAuthClient client, string refreshToken) =>
        Token(provider, endpoints, client, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken), .. provider.Token.Refresh]);

    /// <summary>RFC 7009, or the provider's own way. Null when the provider has no way.</summary>
    public static HttpRequestMessage? Revoke(Provider provider, Endpoints endpoints, OAuthClient client, TokenSet tokens)
    {
        if (provider.Revoke is not { } step) return null;
        if ((endpoints.Revoke ?? (step.Url is { } template ? new Uri(Fill(template, escaped: true)) : null)) is not { } url) return null;
        var request = new HttpRequestMessage(new(step.Method), url);
        foreach (var (name, value) in step.Headers) request.Headers.TryAddWithoutValidation(name, Fill(value));
        Authenticate(request, step.Client, client, step.Body, [.. step.Parameters.Select(p => KeyValuePair.Create(p.Key, Fill(p.Value)))]);
        return request;

        string Fill(string text, bool escaped = false) => Template.Fill(text, name => Value(name) is { } value && escaped && !endpoints.Values.ContainsKey(name) ? Uri.EscapeDataString(value) : Value(name));

        string? Value(string name) => name switch
        {
            "token" => tokens.RefreshToken ?? tokens.AccessToken,
            "access_token" => tokens.AccessToken,
            "client_id" => client.Id,
            "client_secret" => client.Secret,
            _ => endpoints.Values.GetValueOrDefault(name) ?? tokens.Kept.GetValueOrDefault(name),
        };
    }

    private static HttpRequestMessage Token(Provider provider, Endpoints endpoints, OAuthClient client, List<KeyValuePair<string, string>> members)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoints.Token);
        request.Headers.Accept.Add(new("application/json"));
        foreach (var (name, value) in provider.Token.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        Authenticate(request, provider.Token.Client, client, provider.Token.Body, members);
        return request;
    }

    private static void Authenticate(HttpRequestMessage request, ClientProof way, OAuthClient client, BodyFormat body, List<KeyValuePair<string, string>> members)
    {
        // Without a secret there is nothing to authenticate with: the client says who it is (RFC 6749 §3.2.1).
        if (way == ClientProof.Basic && client.Secret is { } secret)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FormEncoded(client.Id)}:{FormEncoded(secret)}")));
        else if (way == ClientProof.Post || way == ClientProof.Basic)
        {
            members.Add(new("client_id", client.Id));
            if (client.Secret is { } posted) members.Add(new("client_secret", posted));
        }
        request.Content = body switch
        {
            BodyFormat.Form => new FormUrlEncodedContent(members),
            BodyFormat.Json => Json(members),
            _ => null,
        };
    }

    // RFC 6749 §2.3.1: both halves are encoded as in a form before they are joined.
    private static string FormEncoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static ByteArrayContent Json(List<KeyValuePair<string, string>> members)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(members.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal)));
        content.Headers.ContentType = new("application/json");
        return content;
    }
}

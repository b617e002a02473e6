using System.Net.Http.Headers;
using System.Text;
using EventMesh.Domain.Connections;

namespace EventMesh.Delivery.Credentials;

/// <summary>A request for a token by client credentials (RFC 6749 §4.4).</summary>
internal static class TokenRequest
{
    /// <param name="secret">The client's secret.</param>
    public static HttpRequestMessage Of(Credential credential, string secret)
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (credential.Scopes is { Count: > 0 } scopes) form.Add(new("scope", string.Join(' ', scopes)));
        if (credential.Audience is { } audience) form.Add(new("audience", audience));
        if (credential.Resource is { } resource) form.Add(new("resource", resource));
        form.AddRange(credential.Parameters ?? new Dictionary<string, string>());

        var request = new HttpRequestMessage(HttpMethod.Post, credential.TokenUrl);
        request.Headers.Accept.ParseAdd("application/json");
        if (credential.ClientAuthentication == ClientAuthentication.Post)
            form.AddRange([new("client_id", credential.ClientId!), new("client_secret", secret)]);
        else
            // §2.3.1: each is form-encoded before the two are joined.
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Encoded(credential.ClientId!)}:{Encoded(secret)}")));
        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}

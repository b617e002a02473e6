using System.Text;

namespace EventMesh.Connectors.OAuth;

/// <summary>Where a person is sent to give their consent (RFC 6749 §4.1.1).</summary>
public static class AuthorizeUrl
{
    /// <param name="verifier">Of PKCE; null where the provider has none.</param>
    public static Uri Of(Provider provider, Endpoints endpoints, OAuthClient client, Uri redirect, string state, IReadOnlyList<string> scopes, string? verifier)
    {
        var query = new List<(string Name, string Value)>
        {
            ("response_type", "code"), ("client_id", client.Id), ("redirect_uri", redirect.OriginalString), ("state", state),
        };
        if (scopes.Count > 0) query.Add((provider.Scopes.Parameter, string.Join(provider.Scopes.Separator, scopes)));
        if (verifier is not null) query.AddRange([("code_challenge", Pkce.Challenge(verifier)), ("code_challenge_method", "S256")]);
        foreach (var (name, value) in provider.Authorize?.Parameters ?? new Dictionary<string, string>()) query.Add((name, Template.Fill(value, endpoints.Values.GetValueOrDefault)));

        var url = new StringBuilder(endpoints.Authorize.OriginalString);
        var separator = endpoints.Authorize.Query.Length > 1 ? '&' : '?';
        foreach (var (name, value) in query)
        {
            url.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return new(url.ToString());
    }
}

using EventMesh.Api.Edge;
using EventMesh.Api.OAuth;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.Connections;
using static EventMesh.Api.Features.Connections.CredentialLimits;

namespace EventMesh.Api.Features.Connections;

/// <summary>What each kind of credential asks of its members.</summary>
/// <param name="at">Where the members stand in the body.</param>
internal sealed class CredentialRules(CredentialFields fields, AddressGuard guard, Providers providers, Checks checks, string at)
{
    // What we fill ourselves, and what would put a secret among what is shown.
    private static readonly string[] OwnParameters = ["grant_type", "client_id", "scope", "audience", "resource"];
    private static readonly string[] SecretParts = ["secret", "password", "assertion", "token"];

    public Credential ApiKey()
    {
        checks.That(fields.Header is null != fields.Query is null, at + "header", "or query is required, and not both");
        if (fields.Header is { } header && HeaderRules.Check(header, "") is { } reason) checks.Add(at + "header", "is refused: " + reason);
        Text(fields.Query, "query", NameCharsMax);
        checks.That(fields.Prefix is null || fields.Header is not null, at + "prefix", "belongs to header");
        Text(fields.Prefix, "prefix", PrefixCharsMax);
        checks.That(fields.Prefix is null || Authorization.Fits(fields.Prefix), at + "prefix", "is made of printable ASCII characters");
        return new(CredentialKind.ApiKey, Header: fields.Header, Query: fields.Query, Prefix: fields.Prefix);
    }

    public Credential Basic()
    {
        Required(fields.Username, "username", UsernameCharsMax);
        checks.That(fields.Username?.Contains(':', StringComparison.Ordinal) != true, at + "username", "may not contain a colon (RFC 7617)");
        return new(CredentialKind.Basic, Username: fields.Username);
    }

    public Credential ClientCredentials()
    {
        Required(fields.ClientId, "client_id", ClientIdCharsMax);
        Text(fields.Audience, "audience", AudienceCharsMax);
        var authentication = fields.ClientAuthentication switch { null or "basic" => ClientAuthentication.Basic, "post" => ClientAuthentication.Post, _ => (ClientAuthentication?)null };
        checks.That(authentication is not null, at + "client_authentication", "must be basic or post");
        return new(CredentialKind.Oauth2ClientCredentials, TokenUrl: TokenUrl(), ClientId: fields.ClientId, Scopes: Scopes(), Audience: fields.Audience, Resource: Resource(),
            ClientAuthentication: authentication, Parameters: Parameters());
    }

    public Credential Oauth2()
    {
        var (scopes, parameters) = (Scopes(), Parameters());
        if (string.IsNullOrEmpty(fields.Provider)) checks.Add(at + "provider", "is required");
        else if (providers.Find(fields.Provider) is not { } provider) checks.Add(at + "provider", $"is not known; there are {string.Join(", ", providers.All.Select(p => p.Id))}");
        else
        {
            // What it has not would be misspelt, or meant for another.
            foreach (var name in fields.Parameters?.Keys.Where(n => !provider.Parameters.ContainsKey(n)).Take(ParametersMax) ?? [])
                checks.Add(ParameterAt(name), $"is no parameter of {provider.Name}" + (provider.Parameters.Count == 0 ? "" : $", which has {string.Join(", ", provider.Parameters.Keys)}"));
            ProviderParameters.Filled(provider, name => fields.Parameters?.GetValueOrDefault(name), checks, at + "parameters.");
        }
        return new(CredentialKind.Oauth2, Provider: fields.Provider, Scopes: scopes, Parameters: parameters);
    }

    /// <param name="inHeader">It is sent in a header as it is.</param>
    public string? Secret(string? value, string member, bool inHeader)
    {
        if (!Required(value, member, SecretCharsMax)) return null;
        if (inHeader) checks.That(Authorization.Fits(value!), at + member, "is made of printable ASCII characters");
        return value;
    }

    private Uri? TokenUrl()
    {
        const string Member = "token_url";
        if (string.IsNullOrEmpty(fields.TokenUrl)) checks.Add(at + Member, "is required");
        else if (!Uri.TryCreate(fields.TokenUrl, UriKind.Absolute, out var url)) checks.Add(at + Member, "is not an absolute URL");
        else if (guard.CheckUrl(url) is { } reason) checks.Add(at + Member, "is refused: " + reason);
        else return url;
        return null;
    }

    // RFC 8707 §2: an absolute URI without a fragment.
    private string? Resource()
    {
        if (fields.Resource is not { } resource) return null;
        checks.That(resource.Length <= AddressGuard.UrlCharsMax && Uri.TryCreate(resource, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0,
            at + "resource", $"must be an absolute URI without a fragment, of at most {AddressGuard.UrlCharsMax} characters");
        return resource;
    }

    private List<string>? Scopes()
    {
        if (fields.Scopes is not { Count: > 0 } scopes) return null;
        checks.That(scopes.Count <= ScopesMax, at + "scopes", $"has at most {ScopesMax} entries");
        for (var i = 0; i < Math.Min(scopes.Count, ScopesMax); i++)
        {
            // RFC 6749 §3.3.
            checks.That(scopes[i] is { Length: > 0 and <= ScopeCharsMax } scope && scope.All(c => c is > ' ' and <= '~' and not ('"' or '\\')),
                $"{at}scopes[{i}]", $"is made of 1 to {ScopeCharsMax} printable ASCII characters without space, quote and backslash");
        }
        return [.. scopes.Select(s => s ?? "")];
    }

    private Dictionary<string, string>? Parameters()
    {
        if (fields.Parameters is not { Count: > 0 } parameters) return null;
        checks.That(parameters.Count <= ParametersMax, at + "parameters", $"has at most {ParametersMax} entries");
        foreach (var (name, value) in parameters.Take(ParametersMax))
        {
            var member = ParameterAt(name)[at.Length..];
            checks.That(name.Length is > 0 and <= NameCharsMax && Checks.IsText(name), at + member, $"needs a name of 1 to {NameCharsMax} characters, none of them a control character");
            checks.That(!OwnParameters.Contains(name, StringComparer.OrdinalIgnoreCase), at + member, "is filled by EventMesh");
            checks.That(!SecretParts.Any(p => name.Contains(p, StringComparison.OrdinalIgnoreCase)), at + member, "may not be secret: parameters are shown");
            Required(value, member, ParameterCharsMax);
        }
        return parameters.ToDictionary(p => p.Key, p => p.Value ?? "", StringComparer.Ordinal);
    }

    private string ParameterAt(string name) => $"{at}parameters.{(name.Length <= 64 ? name : name[..64] + "…")}";

    private bool Required(string? text, string member, int charsMax)
    {
        if (string.IsNullOrEmpty(text)) checks.Add(at + member, "is required");
        return text is { Length: > 0 } && Text(text, member, charsMax);
    }

    private bool Text(string? text, string member, int charsMax) => text is null
        || (checks.That(text.Length > 0 && text.Length <= charsMax, at + member, $"has 1 to {charsMax} characters")
            && checks.That(Checks.IsText(text), at + member, "may not contain control characters or unpaired surrogates"));
}

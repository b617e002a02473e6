using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.Connections;

namespace EventMesh.Api.Features.Connections;

/// <summary>A credential as it is sent, with its secret part. Each kind has members of its own: see docs/credentials.md.</summary>
/// <param name="Kind"><c>none</c>, <c>api_key</c>, <c>basic</c>, <c>bearer</c>, <c>oauth2_client_credentials</c> or <c>oauth2</c>.</param>
/// <param name="Header">Of <c>api_key</c>: the header that carries it.</param>
/// <param name="Query">Of <c>api_key</c>: the query parameter that carries it, in place of a header.</param>
/// <param name="Prefix">Of <c>api_key</c> in a header: what stands before it.</param>
/// <param name="Value">Of <c>api_key</c>, secret.</param>
/// <param name="Password">Of <c>basic</c>, secret.</param>
/// <param name="Token">Of <c>bearer</c>, secret.</param>
/// <param name="ClientSecret">Of <c>oauth2_client_credentials</c>, secret.</param>
/// <param name="ClientAuthentication"><c>basic</c> (default) or <c>post</c>: where client id and secret stand in a request for a token.</param>
/// <param name="Parameters">Further form parameters of a request for a token. They are shown, so none may be secret.</param>
/// <param name="Provider">Of <c>oauth2</c>.</param>
public sealed record CredentialFields(
    string? Kind, string? Header = null, string? Query = null, string? Prefix = null, string? Value = null, string? Username = null, string? Password = null, string? Token = null,
    string? TokenUrl = null, string? ClientId = null, string? ClientSecret = null, IReadOnlyList<string?>? Scopes = null, string? Audience = null, string? Resource = null,
    string? ClientAuthentication = null, IReadOnlyDictionary<string, string?>? Parameters = null, string? Provider = null)
{
    /// <summary>The kinds, with the members each has.</summary>
    public static readonly IReadOnlyDictionary<CredentialKind, string[]> MembersOf = new Dictionary<CredentialKind, string[]>
    {
        [CredentialKind.None] = [],
        [CredentialKind.ApiKey] = ["header", "query", "prefix", "value"],
        [CredentialKind.Basic] = ["username", "password"],
        [CredentialKind.Bearer] = ["token"],
        [CredentialKind.Oauth2ClientCredentials] = ["token_url", "client_id", "client_secret", "scopes", "audience", "resource", "client_authentication", "parameters"],
        [CredentialKind.Oauth2] = ["provider", "scopes", "parameters"],
    };

    /// <param name="at">Where the fields stand in the body, with a dot at its end; empty for the body itself.</param>
    /// <returns>Null when the kind is none there is; what else is wrong is in <paramref name="checks"/>.</returns>
    internal NewCredential? Validated(AddressGuard guard, Providers providers, Checks checks, string at)
    {
        if (KindIn(checks, at) is not { } kind) return null;
        foreach (var (member, value) in Given())
            checks.That(value is null || MembersOf[kind].Contains(member), at + member, $"is not for {Kind}");
        var rules = new CredentialRules(this, guard, providers, checks, at);
        return kind switch
        {
            CredentialKind.None => new(Credential.None, null),
            CredentialKind.ApiKey => new(rules.ApiKey(), rules.Secret(Value, "value", inHeader: Header is not null)),
            CredentialKind.Basic => new(rules.Basic(), rules.Secret(Password, "password", inHeader: false)),
            CredentialKind.Bearer => new(new(kind), rules.Secret(Token, "token", inHeader: true)),
            CredentialKind.Oauth2ClientCredentials => new(rules.ClientCredentials(), rules.Secret(ClientSecret, "client_secret", inHeader: false)),
            CredentialKind.Oauth2 => new(rules.Oauth2(), null),
            _ => throw new InvalidOperationException($"No rules for {kind}."),
        };
    }

    /// <summary>Without what is secret, wherever it may be printed.</summary>
    public override string ToString() => $"CredentialFields {Kind}";

    private CredentialKind? KindIn(Checks checks, string at)
    {
        foreach (var kind in Enum.GetValues<CredentialKind>())
            if (NameOf(kind) == Kind) return kind;
        var all = string.Join(", ", Enum.GetValues<CredentialKind>().Select(NameOf));
        checks.Add(at + "kind", Kind is null ? $"is required: one of {all}" : $"must be one of {all}");
        return null;
    }

    private IEnumerable<(string Member, object? Value)> Given() =>
    [
        ("header", Header), ("query", Query), ("prefix", Prefix), ("value", Value), ("username", Username), ("password", Password), ("token", Token), ("token_url", TokenUrl),
        ("client_id", ClientId), ("client_secret", ClientSecret), ("scopes", Scopes), ("audience", Audience), ("resource", Resource), ("client_authentication", ClientAuthentication),
        ("parameters", Parameters), ("provider", Provider),
    ];

    private static string NameOf(CredentialKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}

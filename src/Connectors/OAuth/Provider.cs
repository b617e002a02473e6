namespace EventMesh.Connectors.OAuth;

/// <summary>
/// One OAuth 2.0 provider as its YAML file describes it: where people are sent, where codes become tokens, and in what it differs from RFC 6749.
/// URLs and values may hold placeholders, <c>{shop}</c>, filled by the connection's parameters.
/// </summary>
/// <param name="Id">The file's name without extension: <c>hubspot</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Discovery">Where endpoints are read from when they are not written here (OpenID Connect Discovery 1.0); null when they are.</param>
/// <param name="Issuer">Who the provider says it is in the callback's <c>iss</c> (RFC 9207); null when it says nothing.</param>
/// <param name="IssuerRequired">The callback must carry <c>iss</c>; else it is checked when it is there.</param>
/// <param name="LifetimeSeconds">Of access tokens whose answer does not say; null: they do not expire.</param>
public sealed record Provider(
    string Id, string Name, AuthorizeStep? Authorize, TokenStep Token, RevokeStep? Revoke, ScopeRules Scopes, bool Pkce, string? Discovery, string? Issuer, bool IssuerRequired,
    IReadOnlyDictionary<string, ProviderParameter> Parameters, AnswerFields Answer, int? LifetimeSeconds, MetadataStep? Metadata, CallbackRules Callback, Placement Placement);

/// <param name="Parameters">Further ones of the query, such as Google's <c>access_type=offline</c>.</param>
public sealed record AuthorizeStep(string? Url, IReadOnlyDictionary<string, string> Parameters);

/// <param name="Exchange">Further members of the request that makes tokens of a code.</param>
/// <param name="Refresh">Further members of the request that renews them.</param>
/// <param name="Ended">Errors beside <c>invalid_grant</c> after which no refresh will ever succeed.</param>
public sealed record TokenStep(
    string? Url, BodyFormat Body, ClientProof Client, IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Exchange, IReadOnlyDictionary<string, string> Refresh, IReadOnlyList<string> Ended);

/// <summary>How tokens are given back; by RFC 7009 where a provider keeps to it.</summary>
/// <param name="Parameters">Members of the body. <c>{token}</c> is the refresh token, or the access token where there is none; <c>{access_token}</c>, <c>{client_id}</c>, <c>{client_secret}</c> and kept fields may stand in URL, headers and members.</param>
public sealed record RevokeStep(
    string? Url, string Method, BodyFormat Body, ClientProof Client, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Parameters);

/// <param name="Parameter">Of the authorize URL: <c>scope</c>, but <c>user_scope</c> for tokens of Slack's users.</param>
/// <param name="AnswerSeparator">In the token answer.</param>
/// <param name="Default">The least that is useful, asked for when a connection names none.</param>
public sealed record ScopeRules(string Parameter, string Separator, string AnswerSeparator, IReadOnlyList<string> Default);

/// <param name="Pattern">A regular expression that the whole value matches.</param>
/// <param name="Default">Null: it has to be given.</param>
public sealed record ProviderParameter(string Description, string Pattern, string? Default);

/// <summary>Where the token answer holds what: paths such as <c>authed_user.access_token</c>, the first that is there counts.</summary>
/// <param name="Ok">A member that is false when it failed, whatever the status; null when status and <c>error</c> tell.</param>
/// <param name="Keep">Further fields that whoever uses the token needs, such as <c>instance_url</c>.</param>
public sealed record AnswerFields(
    IReadOnlyList<string> AccessToken, IReadOnlyList<string> RefreshToken, IReadOnlyList<string> ExpiresIn, IReadOnlyList<string> Scope, string? Ok, IReadOnlyList<string> Keep);

/// <summary>A second question after the token answer, for what it lacks.</summary>
public sealed record MetadataStep(string Url, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Keep);

/// <param name="Hmac">The query is signed: HMAC-SHA256 in hex under the client's secret over all its other parameters, sorted (Shopify).</param>
/// <param name="Same">Parameters of the query that must equal the connection's parameter of that name.</param>
public sealed record CallbackRules(bool Hmac, IReadOnlyList<string> Same);

/// <summary>How the token is sent to the target.</summary>
/// <param name="Format">Such as <c>Bearer {access_token}</c>.</param>
public sealed record Placement(string Header, string Format);

public enum BodyFormat { Form, Json, None }

public enum ClientProof { Basic, Post, None }

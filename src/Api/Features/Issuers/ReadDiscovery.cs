using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Api.Jose;
using EventMesh.Domain.Access;

namespace EventMesh.Api.Features.Issuers;

/// <summary>What clients and those who verify tokens find out about an issuer: OpenID Connect Discovery 1.0 §3, RFC 8414 §2. For everybody.</summary>
public static class ReadDiscovery
{
    /// <summary>How long it, and the keys, may be kept: less than a new key is shown before it signs.</summary>
    public const string Cached = "public, max-age=300";

    public sealed record Response(
        string Issuer, string TokenEndpoint, string JwksUri, string RevocationEndpoint, string IntrospectionEndpoint,
        IReadOnlyList<string> GrantTypesSupported, IReadOnlyList<string> ResponseTypesSupported, IReadOnlyList<string> ScopesSupported, IReadOnlyList<string> ClaimsSupported,
        IReadOnlyList<string> TokenEndpointAuthMethodsSupported, IReadOnlyList<string> TokenEndpointAuthSigningAlgValuesSupported,
        IReadOnlyList<string> RevocationEndpointAuthMethodsSupported, IReadOnlyList<string> RevocationEndpointAuthSigningAlgValuesSupported,
        IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported, IReadOnlyList<string> IntrospectionEndpointAuthSigningAlgValuesSupported,
        IReadOnlyList<string> SubjectTypesSupported, IReadOnlyList<string> IdTokenSigningAlgValuesSupported);

    private static readonly string[] Methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    private static readonly string[] Algorithms = [.. JwsAlgorithms.Names];
    private static readonly string[] ClaimNames = ["iss", "sub", "aud", "tenant_id", "roles", "scope", "client_id", "iat", "nbf", "exp", "jti"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        Described(routes.MapGet("/issuers/{ws}/.well-known/openid-configuration", Handle).WithName("getOpenIdConfiguration"));
        Described(routes.MapGet("/.well-known/oauth-authorization-server/issuers/{ws}", Handle).WithName("getAuthorizationServerMetadata"));
    }

    private static void Described(RouteHandlerBuilder route) => route.WithTags("Issuer").WithSummary("Read where a workspace's issuer is asked, and what it can")
        .WithProblem(StatusCodes.Status404NotFound);

    private static Response Handle(string ws, Clients clients, PublicAddress address, HttpResponse response)
    {
        if (clients.Existing(ws) is not { } workspace) throw Gate.NoWorkspace();
        response.Headers.CacheControl = Cached;
        var issuer = address.IssuerOf(workspace.Id);
        return new(issuer, issuer + "/token", issuer + "/jwks", issuer + "/revoke", issuer + "/introspect",
            // No one logs in here, so nothing is ever answered to an authorization request, and there are no ID tokens.
            [IssueToken.ClientCredentials, IssueToken.TokenExchange], [], RoleNames.Known, ClaimNames, Methods, Algorithms, Methods, Algorithms, Methods, Algorithms, ["public"], ["ES256"]);
    }
}

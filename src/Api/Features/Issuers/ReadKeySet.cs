using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.Issuers;

/// <summary>The public keys of an issuer (RFC 7517 §5): those that sign, will, or did sign tokens that still hold. For everybody.</summary>
public static class ReadKeySet
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/issuers/{ws}/jwks", Handle)
        .WithTags("Issuer").WithName("getKeySet").WithSummary("Read the public keys of a workspace's issuer").Produces(StatusCodes.Status200OK, contentType: "application/jwk-set+json")
        .WithProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> Handle(string ws, Clients clients, SigningKeys keys, TimeProvider clock, HttpContext context)
    {
        if (clients.Existing(ws) is not { } workspace) throw Gate.NoWorkspace();
        var (issuer, now) = (workspace.Identity.Issuer, clock.GetUtcNow());
        if (issuer.SignerAt(now) is null) issuer = await keys.Begin(workspace.Id, keys.Metadata(), context.RequestAborted);
        var set = $$"""{"keys":[{{string.Join(',', issuer.At(now).Where(k => k.State != IssuerKeyState.Ended).Select(k => k.Key.Jwk))}}]}""";
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(set)).AsSpan(0, 16))}\"";
        context.Response.Headers.CacheControl = ReadDiscovery.Cached;
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Any(t => t == tag || t == "W/" + tag || t == "*")
            ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Text(set, "application/jwk-set+json");
    }
}

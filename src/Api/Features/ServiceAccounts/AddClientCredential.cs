using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.ServiceAccounts;

/// <summary>A client secret, made here and shown once, or the public half of a key that the account signs assertions with (RFC 7523).</summary>
public static class AddClientCredential
{
    /// <summary>Ten years.</summary>
    public const int ExpiresInSecondsMax = 10 * 365 * 24 * 60 * 60;

    /// <param name="Kind"><c>secret</c> or <c>jwk</c>.</param>
    /// <param name="Jwk">Of <c>jwk</c>: a public key (RFC 7517), EC on P-256, P-384 or P-521, RSA from 2048 bits, or Ed25519.</param>
    /// <param name="ExpiresInSeconds">How long it proves anything; for ever when left out.</param>
    public sealed record Request(string? Kind, JsonElement? Jwk, int? ExpiresInSeconds);

    /// <param name="Secret">The client secret: here and never again; null for a key.</param>
    public sealed record Response(string Id, ClientCredentialKind Kind, string? Secret, string? Kid, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
    {
        public override string ToString() => $"Credential {Id}";
    }

    public static void Map(RouteGroupBuilder accounts) => accounts.MapPost("/{id}/credentials", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("addClientCredential").WithSummary("Give a service account a client secret, shown once, or a public key")
        .Produces<Response>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var (request, checks, credentialId) = (body.Value, new Checks(), call.NewId("crd_"));
        checks.That(request.ExpiresInSeconds is null or (>= 1 and <= ExpiresInSecondsMax), "expires_in_seconds", $"must be from 1 to {ExpiresInSecondsMax}");
        var made = NewCredential.Of(request.Kind, request.Jwk, checks);
        checks.Done();
        var credential = new ClientCredential(credentialId, made.Kind, made.Sha256, made.Jwk, made.Kid, call.Now, request.ExpiresInSeconds is { } seconds ? call.Now.AddSeconds(seconds) : null);
        await DecideOnAccount.Run(id, call, store, index, s => ServiceAccountDecider.Decide(new ServiceAccountCommand.AddCredential(credential), s), context);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/service-accounts/{id}/credentials/{credentialId}",
            new Response(credentialId, credential.Kind, made.Secret, credential.Kid, credential.CreatedAt, credential.ExpiresAt));
    }
}

using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Issuers;

/// <summary>Ends a token before its time (RFC 7009), for the client that has it.</summary>
public sealed class RevokeToken(Clients clients, OwnTokens tokens, Store store, IndexFollower index, TimeProvider clock)
{
    public const string Path = "/revoke";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/issuers/{ws}" + Path, (string ws, HttpContext context, RevokeToken revoke) => revoke.Handle(ws, context))
        .WithTags("Issuer").WithName("revokeToken").WithSummary("End a token of one's own")
        .WithBody("application/x-www-form-urlencoded", JsonSchemaType.Object, "token, and the client's credentials as at the token endpoint.")
        .Produces(StatusCodes.Status200OK).WithOAuthErrors();

    private Task Handle(string ws, HttpContext context) => OAuthAnswer.Run(context, async () =>
    {
        var form = await TokenForm.Read(context.Request);
        var client = await clients.Authenticate(ws, form, context.Request, Path, context.RequestAborted);
        var call = client.Note(context, clock);
        // RFC 7009 §2.2: a token that holds no longer, or never was one, is what the client wanted.
        if (tokens.Check(client.Workspace, form.Required("token"), out var token, out _) is not null) return null;
        if (token!.Subject != client.Id) throw new OAuthRefusal("invalid_request", "The token is another client's.");
        call.Subject = token.Id;
        var command = new IssuedTokenCommand.RevokeToken(token.Subject, token.ExpiresAt, call.Now);
        var decided = await store.For(client.Workspace.Id).Decide<IssuedToken, IssuedTokenEvent>(
            token.Id, "issued_token", IssuedToken.Initial, IssuedToken.Evolve, s => IssuedTokenDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return null;
    });
}

using System.Diagnostics;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Issuing;

/// <summary>What the routes of OAuth have in common, which are not under /v1 and take no bearer token.</summary>
internal static class OAuthRoutes
{
    /// <summary>An error as RFC 6749 §5.2 has it.</summary>
    public sealed record OAuthError(string Error, string ErrorDescription);

    public static RouteHandlerBuilder WithOAuthErrors(this RouteHandlerBuilder route) => route
        .Produces<OAuthError>(StatusCodes.Status400BadRequest).Produces<OAuthError>(StatusCodes.Status401Unauthorized);

    /// <summary>Notes for the log line and the span who asks.</summary>
    public static Call Note(this Client client, HttpContext context, TimeProvider clock)
    {
        var call = new Call(new Actor.Tenant(client.Workspace.Id, client.Id, client.Roles), client.Workspace, null, Door.ClientAddress.From(context), clock);
        context.Features.Set(call);
        Activity.Current?.SetTag("tenant_id", client.Workspace.Id).SetTag("environment", client.Workspace.Environment).SetTag("actor", client.Id);
        return call;
    }
}

using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Connections;
using EventMesh.Api.OAuth;

namespace EventMesh.Api.Features.OAuth;

/// <summary>Begins to authorize a connection: the answer is a link to the provider, for a person to open within ten minutes.</summary>
public static class AuthorizeConnection
{
    /// <param name="Scopes">In place of those of the connection's credential.</param>
    /// <param name="ReturnTo">Where the person is led afterwards: a page at one of the workspace's allowed origins. A page of our own when left out.</param>
    public sealed record Request(IReadOnlyList<string?>? Scopes = null, string? ReturnTo = null);

    /// <param name="AuthorizeUrl">Whoever opens it and consents connects this connection: give it to nobody else.</param>
    public sealed record Response(string AuthorizeUrl, string Provider, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt);

    public static void Map(RouteGroupBuilder connections) => connections.MapPost("/{id}/authorize", Handle)
        .Needs(Permission.AuthorizeConnections).WithName("authorizeConnection").WithSummary("Begin to authorize a connection with its OAuth provider: a link for a person to open")
        .WithProblem(StatusCodes.Status409Conflict);

    private static async Task<Response> Handle(string id, Body<Request> body, Call call, BeginAuthorization begin, HttpContext context)
    {
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var checks = new Checks();
        var asked = BeginAuthorization.Scopes(body.Value.Scopes, checks, "scopes");
        var returnTo = ReturnTo.Validated(body.Value.ReturnTo, call.Workspace, checks);
        checks.Done();
        var with = await begin.Find(call.Workspace.Id, id, context.RequestAborted);
        var scopes = asked ?? with.Scopes;
        var url = await begin.Run(call.Workspace.Id, id, with, scopes, call.Actor.Id, null, null, returnTo, call.Elevation, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return new(url.AbsoluteUri, with.Provider.Id, scopes, call.Now + AuthorizationStates.Lasts);
    }
}

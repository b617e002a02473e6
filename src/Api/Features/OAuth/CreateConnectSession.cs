using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Api.OAuth;
using EventMesh.Domain.Connections;
using EventMesh.Domain.OAuth;

namespace EventMesh.Api.Features.OAuth;

/// <summary>A link by which somebody without a key, such as a customer of the workspace's own, connects one connection and does nothing else.</summary>
public static class CreateConnectSession
{
    /// <param name="Connection">Which one; may be left out where only one is authorized with <paramref name="Provider"/>.</param>
    /// <param name="AllowedScopes">In place of those of the connection's credential.</param>
    /// <param name="ExpiresIn">Seconds from 60 to 1800, the default.</param>
    /// <param name="ReturnTo">Where the person is led afterwards: a page at one of the workspace's allowed origins.</param>
    public sealed record Request(string? Connection = null, string? Provider = null, IReadOnlyList<string?>? AllowedScopes = null, int? ExpiresIn = null, string? ReturnTo = null);

    /// <param name="Link">Here and never again. It connects once.</param>
    public sealed record Response(string Id, string Link, string Connection, string Provider, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt);

    public static void Map(RouteGroupBuilder workspace) => workspace.MapPost("/connect-sessions", Handle).WithTags("OAuth")
        .Needs(Permission.AuthorizeConnections).WithName("createConnectSession").WithSummary("Make a link by which somebody without a key authorizes one connection; it is shown once")
        .Produces<Response>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<Request> body, Call call, BeginAuthorization begin, ConnectSessions sessions, PublicAddress address, HttpContext context)
    {
        var request = body.Value;
        var checks = new Checks();
        var scopes = BeginAuthorization.Scopes(request.AllowedScopes, checks, "allowed_scopes");
        var lifetime = request.ExpiresIn ?? ConnectSession.LifetimeSecondsMax;
        checks.That(lifetime is >= ConnectSession.LifetimeSecondsMin and <= ConnectSession.LifetimeSecondsMax, "expires_in", $"must be from {ConnectSession.LifetimeSecondsMin} to {ConnectSession.LifetimeSecondsMax} seconds");
        var returnTo = ReturnTo.Validated(request.ReturnTo, call.Workspace, checks);
        var connection = request.Connection ?? Only(call, request.Provider, checks);
        checks.Done();
        Streams.Named(call, connection!, "con_", Connections.ReadConnections.Missing);
        var with = await begin.Find(call.Workspace.Id, connection!, context.RequestAborted);
        if (request.Provider is { } provider && provider != with.Provider.Id) throw Problem.InvalidRequest.At("provider", $"is not that of the connection, which is {with.Provider.Id}");

        var id = call.NewId("cns_");
        var command = new ConnectSessionCommand.CreateSession(connection!, with.Provider.Id, scopes ?? with.Scopes, call.Now.AddSeconds(lifetime), call.Now);
        var token = await sessions.Create(call.Workspace.Id, id, command, returnTo, call.Metadata(connection), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created((string?)null, new Response(id, $"{address.Root}/connect/{token}", connection!, with.Provider.Id, command.Scopes, command.ExpiresAt));
    }

    private static string? Only(Call call, string? provider, Checks checks)
    {
        if (provider is null)
        {
            checks.Add("connection", "is required, or provider where only one connection has it");
            return null;
        }
        string[] found = [.. call.Workspace.Connections.Where(c => c.Value.Credential.Public is { Kind: CredentialKind.Oauth2 } credential && credential.Provider == provider && c.Value is not Connection.Deleted).Select(c => c.Key)];
        checks.That(found.Length == 1, "connection", $"is required: {found.Length} connections are authorized with {provider}");
        return found.Length == 1 ? found[0] : null;
    }
}

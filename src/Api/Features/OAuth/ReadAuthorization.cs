using EventMesh.Api.Edge;
using EventMesh.Api.Features.Connections;
using EventMesh.Delivery.OAuth;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.OAuth;

/// <summary>What a connection was allowed by its provider: everything but the tokens.</summary>
public static class ReadAuthorization
{
    /// <param name="Status"><c>unauthorized</c>, <c>active</c>, <c>needs_attention</c> or <c>revoked</c>.</param>
    /// <param name="ExpiresAt">Of the access token; null when it does not expire.</param>
    /// <param name="RefreshAt">When it is renewed next; null when it is not.</param>
    /// <param name="FailingSince">Since when no renewal has succeeded.</param>
    /// <param name="Details">What else the provider said that whoever calls it needs: <c>instance_url</c>.</param>
    public sealed record AuthorizationView(
        string Connection, string? Provider, CredentialStatus Status, DateTimeOffset? AuthorizedAt, IReadOnlyList<string>? Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset? RefreshAt,
        DateTimeOffset? FailingSince, int Failures, IReadOnlyDictionary<string, string>? Details);

    public static void Map(RouteGroupBuilder connections) => connections.MapGet("/{id}/authorization", Handle)
        .Needs(Permission.ReadConnections).WithName("getAuthorization").WithSummary("Read what a connection was allowed by its OAuth provider, without the tokens");

    private static async Task<AuthorizationView> Handle(string id, Call call, Store store, TokenTable table, HttpContext context)
    {
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var (state, version) = await store.For(call.Workspace.Id).Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, context.RequestAborted);
        if (state is not (Connection.Enabled or Connection.Disabled) || state.Credential.Public.Kind != CredentialKind.Oauth2) throw ProblemAnswer.Missing("The connection has no credential of kind oauth2.");
        ETag.Set(context.Response, version);
        var credential = state.Credential;
        return await table.Read(call.Workspace.Id, id, context.RequestAborted) is { Ended: false } held && credential.Status is CredentialStatus.Active or CredentialStatus.NeedsAttention
            ? new(id, held.Provider, credential.Status, held.AuthorizedAt, held.Tokens.Scopes, held.ExpiresAt, held.DueAt, held.FailingSince, held.Failures, held.Tokens.Kept)
            : new(id, credential.Public.Provider, credential.Status, null, null, null, null, null, 0, null);
    }
}

using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Connections;

/// <summary>The secrets that sign now: everything but their values.</summary>
public static class ReadSecrets
{
    /// <param name="PublicKey"><c>whpk_…</c>, what receivers verify <c>v1a</c> signatures with; null for hmac.</param>
    /// <param name="ExpiresAt">From then on it signs no more; null for the newest.</param>
    public sealed record SecretView(string Id, SigningScheme Scheme, string? PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    public static void Map(RouteGroupBuilder connections) => connections.MapGet("/{id}/secrets", Handle)
        .Needs(Permission.ReadConnections).WithName("listSecrets").WithSummary("List a connection's signing secrets, newest first, without their values");

    private static async Task<Listed<SecretView>> Handle(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var (state, version) = await store.For(call.Workspace.Id).Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, context.RequestAborted);
        var secrets = Of(state) ?? throw ProblemAnswer.Missing(ReadConnections.Missing);
        ETag.Set(context.Response, version);
        return new([.. secrets.ActiveAt(call.Now).Select(s => new SecretView(s.Id, s.Scheme, s.PublicKey, s.CreatedAt, s.ExpiresAt))], null);
    }

    /// <summary>Null when the connection is deleted, or never was.</summary>
    internal static SigningSecretList? Of(Connection connection) => connection switch
    {
        Connection.Enabled enabled => enabled.Secrets,
        Connection.Disabled disabled => disabled.Secrets,
        _ => null,
    };
}

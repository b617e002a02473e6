using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

/// <summary>A new secret for a connection; the old ones sign beside it until the overlap ends.</summary>
public static class RotateSecret
{
    /// <param name="OverlapSeconds">How long the old ones still sign; a day when left out, 0 ends them at once.</param>
    /// <param name="Scheme"><c>hmac</c> or <c>ed25519</c>; as before when left out.</param>
    /// <param name="Secret">The caller's own <c>whsec_…</c>; made here when left out.</param>
    public sealed record Request(int? OverlapSeconds, string? Scheme, string? Secret)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => "RotateSecret";
    }

    /// <param name="Id">The new secret's id.</param>
    /// <param name="Secret">What requests are now signed with: here and never again; null when receivers verify with <paramref name="PublicKey"/>.</param>
    /// <param name="OverlapEndsAt">From then on it signs alone.</param>
    /// <param name="Version">The connection's.</param>
    public sealed record Response(string Id, SigningScheme Scheme, string? Secret, string? PublicKey, DateTimeOffset CreatedAt, DateTimeOffset OverlapEndsAt, long Version)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => $"RotateSecret {Id}";
    }

    public static void Map(RouteGroupBuilder connections) => connections.MapPost("/{id}/secret/rotate", Handle)
        .Needs(Permission.WriteConnections).WithIfMatch().WithName("rotateSecret").WithSummary("Make a new signing secret, shown once; old ones sign on until the overlap ends")
        .WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<Response> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context, Body<Request>? body = null)
    {
        var asked = body?.Value ?? new(null, null, null);
        var stop = context.RequestAborted;
        var workspace = store.For(call.Workspace.Id);
        var secretId = call.NewId("sec_");
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        var (state, version) = await workspace.Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, stop);
        var present = ReadSecrets.Of(state) ?? throw ProblemAnswer.Missing(ReadConnections.Missing);

        var checks = new Checks();
        var overlap = asked.OverlapSeconds ?? SigningSecret.OverlapSecondsDefault;
        checks.That(overlap is >= 0 and <= SigningSecret.OverlapSecondsMax, "overlap_seconds", $"must be from 0 to {SigningSecret.OverlapSecondsMax}");
        var secret = NewSecret.Of(asked.Scheme, asked.Secret, present.Newest.Scheme, checks);
        checks.Done();
        var command = new ConnectionCommand.RotateSecret(secretId, secret.Scheme, secret.PublicKey, overlap, call.Now);
        // What will be refused is not kept first.
        var expected = ETag.Expected(context.Request);
        if (expected is { } wanted && wanted != version) throw new VersionConflict(call.Workspace.Id, id, wanted, version);
        ConnectionDecider.Decide(command, state);

        await secret.Keep(workspace, id, secretId, call.Now, stop);
        var decided = await workspace.Decide<Connection, ConnectionEvent>(
            id, "connection", Connection.Initial, Connection.Evolve, s => ConnectionDecider.Decide(command, s), call.Metadata(), expected, stop);
        await index.Reach(decided.Position, stop);
        ETag.Set(context.Response, decided.Version);
        context.Response.Headers.CacheControl = "no-store";
        return new(secretId, secret.Scheme, secret.Shown, secret.PublicKey, call.Now, call.Now.AddSeconds(overlap), decided.Version);
    }
}

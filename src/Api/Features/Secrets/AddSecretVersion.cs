using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Secrets;

/// <summary>A new version, which whoever names no other gets from now on; those of before stay until they are revoked or expire.</summary>
public static class AddSecretVersion
{
    /// <param name="Value">1 to 65,536 bytes in UTF-8. It never comes back.</param>
    /// <param name="Generate">True: a value of 256 random bits is made, and shown in the answer.</param>
    /// <param name="ExpiresAt">From then on nobody gets this version; never when left out.</param>
    public sealed record Request(string? Value, bool? Generate, DateTimeOffset? ExpiresAt)
    {
        /// <summary>Without the value, wherever it may be printed.</summary>
        public override string ToString() => "AddSecretVersion";
    }

    /// <param name="Value">What was made here: here and never again; null for a value that was brought.</param>
    public sealed record Response(string Name, int Version, string Owner, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string? Value)
    {
        /// <summary>Without the value, wherever it may be printed.</summary>
        public override string ToString() => $"{Name} {Version}";
    }

    public static void Map(RouteGroupBuilder secrets) => secrets.MapPost("/{name}/versions", Handle)
        .Needs(Permission.WriteSecrets).WithIfMatch().WithName("addSecretVersion").WithSummary("Add a version to a secret; only a value made here is shown, once")
        .Produces<Response>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string name, Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var (workspace, stream, stop) = (store.For(call.Workspace.Id), SecretView.Stream(call, name), context.RequestAborted);
        var checks = new Checks();
        var made = NewVersion.Of(body.Value.Value, body.Value.Generate, body.Value.ExpiresAt, call, checks);
        checks.Done();
        // What will be refused is not kept first.
        var expected = ETag.Expected(context.Request);
        var (state, version) = await workspace.Fold<Secret, SecretEvent>(stream, Secret.Initial, Secret.Evolve, stop);
        SecretDecider.Decide(Command(0), state);
        if (expected is { } wanted && wanted != version) throw new VersionConflict(call.Workspace.Id, stream, wanted, version);

        var number = await made.Keep(workspace, name, call.Now, stop);
        var decided = await workspace.Decide<Secret, SecretEvent>(
            stream, "secret", Secret.Initial, Secret.Evolve, s => SecretDecider.Decide(Command(number), s), call.Metadata(), expected, stop);
        await index.Reach(decided.Position, stop);
        ETag.Set(context.Response, decided.Version);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/secrets/{name}", new Response(name, number, call.Actor.Id, call.Now, made.ExpiresAt, made.Shown));

        SecretCommand.AddVersion Command(int next) => new(next, call.Actor.Id, made.ExpiresAt, call.Now);
    }
}

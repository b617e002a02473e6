using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Secrets;

public static class CreateSecret
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <param name="Name">Unique in the workspace: <c>[a-z0-9][a-z0-9._-]{0,99}</c>.</param>
    /// <param name="Value">1 to 65,536 bytes in UTF-8. It never comes back.</param>
    /// <param name="Generate">True: a value of 256 random bits is made, and shown in the answer.</param>
    /// <param name="ExpiresAt">From then on nobody gets this version; never when left out.</param>
    public sealed record Request(string? Name, string? Description, string? Value, bool? Generate, DateTimeOffset? ExpiresAt)
    {
        /// <summary>Without the value, wherever it may be printed.</summary>
        public override string ToString() => $"CreateSecret {Name}";
    }

    /// <param name="Value">What was made here: here and never again; null for a value that was brought.</param>
    public sealed record Response(string Name, string Path, string? Description, string Owner, DateTimeOffset CreatedAt, int Version, DateTimeOffset? ExpiresAt, string? Value)
    {
        /// <summary>Without the value, wherever it may be printed.</summary>
        public override string ToString() => $"{Path} {Version}";
    }

    public static void Map(RouteGroupBuilder secrets) => secrets.MapPost("", Handle)
        .Needs(Permission.WriteSecrets).WithName("createSecret").WithSummary("Keep a secret under a name; only a value made here is shown, once")
        .Produces<Response>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var (request, stop) = (body.Value, context.RequestAborted);
        var checks = new Checks();
        checks.That(Secret.IsName(request.Name), "name", $"has 1 to {Secret.NameCharsMax} of a to z, 0 to 9, '.', '_' and '-', and begins with a letter or digit");
        if (request.Description is { } description)
            checks.That(description.Length <= Secret.DescriptionCharsMax && Checks.IsText(description), "description", $"has at most {Secret.DescriptionCharsMax} characters, none of them a control character or an unpaired surrogate");
        var made = NewVersion.Of(request.Value, request.Generate, request.ExpiresAt, call, checks);
        checks.Done();

        var (workspace, stream) = (store.For(call.Workspace.Id), SecretView.Stream(call, request.Name!));
        // Numbers are counted while nobody else creates one here, and the index has been told of all that were: so the limit is exact.
        var decided = await workspace.Counted("sct_", "secret_deleted", async _ =>
        {
            await index.Fresh(LookTimeout, stop);
            Room((index.Index.Find(call.Workspace.Id) ?? call.Workspace).Secrets.Count);
            // What will be refused is not kept first.
            var (state, _) = await workspace.Fold<Secret, SecretEvent>(stream, Secret.Initial, Secret.Evolve, stop);
            SecretDecider.Decide(Command(0), state);
            var number = await made.Keep(workspace, request.Name!, call.Now, stop);
            return (Number: number, Done: await workspace.Decide<Secret, SecretEvent>(
                stream, "secret", Secret.Initial, Secret.Evolve, s => SecretDecider.Decide(Command(number), s), call.Metadata(), null, stop));
        }, stop);
        await index.Reach(decided.Done.Position, stop);

        ETag.Set(context.Response, decided.Done.Version);
        context.Response.Headers.CacheControl = "no-store";
        var path = SecretView.PathOf(call.Workspace.Id, request.Name!);
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/secrets/{request.Name}",
            new Response(request.Name!, path, request.Description, call.Actor.Id, call.Now, decided.Number, made.ExpiresAt, made.Shown));

        SecretCommand.CreateSecret Command(int number) => new(request.Name!, number, request.Description, call.Actor.Id, made.ExpiresAt, call.Now);
    }

    /// <exception cref="ProblemException">409: there are as many as there may be.</exception>
    public static void Room(int kept)
    {
        if (kept >= Secret.SecretsMax) throw Problem.LimitReached.With($"A workspace keeps at most {Secret.SecretsMax} secrets, and there are {kept}. Delete one.");
    }
}

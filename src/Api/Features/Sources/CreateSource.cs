using System.Text;
using System.Text.Json.Serialization;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Inbound;
using EventMesh.Api.Limits;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Sources;

public static class CreateSource
{
    /// <param name="ReceiveAt">The path to give to the provider, on this host: here and never again.</param>
    /// <param name="Secret">Left out when it was given; else here and never again.</param>
    public sealed record Response(
        string Id, string Name, string Status, VerificationFields Verification, SourceFields.EventFields Event, string ReceiveAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret, long Version, DateTimeOffset CreatedAt)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => $"CreateSource {Id}";
    }

    public static void Map(RouteGroupBuilder sources) => sources.MapPost("", Handle)
        .Needs(Permission.WriteSources).WithName("createSource").WithSummary("Create a source of inbound webhooks; its address and its secret are shown once")
        .Produces<Response>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<SourceFields> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var (name, verification, envelope, given) = body.Value.Validated(secretIsNeeded: true);
        var (workspace, secretId, id, token) = (store.For(call.Workspace.Id), call.NewId("sec_"), call.NewId("src_"), SourceToken.New());
        var secret = given ?? SecretRules.New(verification.Kind);
        var command = new SourceCommand.CreateSource(new(name, token.Sha256, verification, envelope), secretId, call.Now);
        var decided = await CountLimits.Source(store, call, async () =>
        {
            // The secret first: a crash in between leaves one that nobody uses, not a source that cannot verify.
            await workspace.PutSecret(SourceSecrets.NameOf(id, secretId), Encoding.UTF8.GetBytes(secret), call.Now, context.RequestAborted);
            return await workspace.Decide<Source, SourceEvent>(
                id, "source", Source.Initial, Source.Evolve, s => SourceDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        }, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);

        ETag.Set(context.Response, decided.Version);
        context.Response.Headers.CacheControl = "no-store";
        var view = SourceView.Of(id, decided.Version, decided.State, call.Now)!;
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/sources/{id}",
            new Response(view.Id, view.Name, view.Status, view.Verification, view.Event, token.Path, given is null ? secret : null, view.Version, view.CreatedAt));
    }
}

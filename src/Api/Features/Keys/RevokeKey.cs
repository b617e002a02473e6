using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Keys;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Keys;

public static class RevokeKey
{
    public static void Map(RouteGroupBuilder keys) => keys.MapDelete("/{id}", Handle)
        .Needs(Permission.WriteKeys).WithIfMatch().WithName("revokeKey").WithSummary("Revoke an API key at once").Produces(StatusCodes.Status204NoContent);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "key_", "There is no such key.");
        var command = new ApiKeyCommand.RevokeApiKey(call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<ApiKey, ApiKeyEvent>(
            id, "api_key", ApiKey.Initial, ApiKey.Evolve, s => ApiKeyDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}

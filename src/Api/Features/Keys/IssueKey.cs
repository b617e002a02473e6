using System.Security.Cryptography;
using EventMesh.Api.Edge;
using EventMesh.Domain.Keys;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Keys;

public static class IssueKey
{
    private const int RandomChars = 32;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public sealed record Request(string? Name);

    /// <param name="Key">The key itself: here and never again.</param>
    public sealed record Response(string Id, string Name, string Key, DateTimeOffset CreatedAt)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => $"IssueKey {Id}";
    }

    public static void Map(RouteGroupBuilder keys) => keys.MapPost("", Handle)
        .Needs(Permission.IssueKeys).WithName("issueKey").WithSummary("Issue an API key; the key is shown once").Produces<Response>(StatusCodes.Status201Created);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var checks = new Checks();
        var name = checks.Name(body.Value.Name);
        checks.Done();
        var (id, key) = (call.NewId("key_"), Tokens.KeyPrefix + RandomNumberGenerator.GetString(Base62, RandomChars));
        var command = new ApiKeyCommand.IssueApiKey(name, Tokens.Sha256(key), call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<ApiKey, ApiKeyEvent>(
            id, "api_key", ApiKey.Initial, ApiKey.Evolve, s => ApiKeyDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/keys/{id}", new Response(id, name, key, call.Now));
    }
}

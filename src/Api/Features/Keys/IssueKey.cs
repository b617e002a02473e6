using System.Security.Cryptography;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Domain.Keys;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Keys;

/// <summary>The operator issues keys. The platform's admin issues the first one, with which the operator begins.</summary>
public static class IssueKey
{
    private const int RandomChars = 32;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <param name="Roles">All four when left out.</param>
    public sealed record Request(string? Name, IReadOnlyList<string?>? Roles);

    /// <param name="Key">The key itself: here and never again.</param>
    public sealed record Response(string Id, string Name, string Key, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => $"IssueKey {Id}";
    }

    public static void Map(RouteGroupBuilder keys) => keys.MapPost("", Handle)
        .Needs(Permission.IssueKeys).WithName("issueKey").WithSummary("Issue an API key; the key is shown once")
        .Produces<Response>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status403Forbidden);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, IndexFollower index, Refusals refusals, HttpContext context)
    {
        var checks = new Checks();
        var name = checks.Name(body.Value.Name);
        var roles = RoleFields.Validated(checks, body.Value.Roles, Role.All);
        checks.Done();
        var workspace = store.For(call.Workspace.Id);
        refusals.Demand(call, Permission.IssueKeys, OwnRoles.Beyond(call.Actor, roles), context);
        // Nobody of the workspace is there yet to count with: two admins at once wait for each other.
        return call.Actor is Actor.Admin
            ? await workspace.Counted("key_", "", async issued =>
            {
                refusals.Demand(call, Permission.IssueKeys, issued == 0 ? null : NotAllowed.OnlyTheFirst, context);
                return await Issue();
            }, context.RequestAborted)
            : await Issue();

        async Task<IResult> Issue()
        {
            var (id, key) = (call.NewId("key_"), Tokens.KeyPrefix + RandomNumberGenerator.GetString(Base62, RandomChars));
            var command = new ApiKeyCommand.IssueApiKey(name, Tokens.Sha256(key), call.Now, roles);
            var decided = await workspace.Decide<ApiKey, ApiKeyEvent>(
                id, "api_key", ApiKey.Initial, ApiKey.Evolve, s => ApiKeyDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
            await index.Reach(decided.Position, context.RequestAborted);
            context.Response.Headers.CacheControl = "no-store";
            return Results.Created($"/v1/workspaces/{call.Workspace.Id}/keys/{id}", new Response(id, name, key, roles.Names(), call.Now));
        }
    }
}

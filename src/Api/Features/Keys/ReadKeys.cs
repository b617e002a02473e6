using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Domain.Keys;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Keys;

public static class ReadKeys
{
    public const string Missing = "There is no such key.";

    public sealed record KeyView(string Id, string Name, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt);

    public static void Map(RouteGroupBuilder keys) => keys.MapGet("", Handle)
        .Needs(Permission.ReadKeys).WithPages().WithName("listKeys").WithSummary("List the API keys that are not revoked, without the keys themselves");

    public static KeyView View(string id, ApiKey.Active key) => new(id, key.Name, key.Roles.Names(), key.CreatedAt);

    private static async Task<Listed<KeyView>> Handle(Page page, Call call, Store store, HttpContext context)
    {
        var found = await Streams.List<ApiKey, ApiKeyEvent, KeyView>(store, call.Workspace.Id, "key_", page, ApiKey.Initial, ApiKey.Evolve,
            (id, _, key) => key is ApiKey.Active active ? View(id, active) : null, context.RequestAborted);
        return page.Of(found, k => k.Id);
    }
}

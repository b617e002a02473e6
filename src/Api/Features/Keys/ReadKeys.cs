using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Domain.Keys;

namespace EventMesh.Api.Features.Keys;

public static class ReadKeys
{
    public const string Missing = "There is no such key.";

    public sealed record KeyView(string Id, string Name, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt);

    public static void Map(RouteGroupBuilder keys) => keys.MapGet("", Handle)
        .Needs(Permission.ReadKeys).WithPages().WithMoment().WithName("listKeys").WithSummary("List the API keys that are not revoked, without the keys themselves");

    public static KeyView View(string id, ApiKey.Active key) => new(id, key.Name, key.Roles.Names(), key.CreatedAt);

    private static async Task<Listed<KeyView>> Handle(Page page, Moment moment, HttpContext context)
    {
        var found = await moment.List<ApiKey, ApiKeyEvent, KeyView>("key_", page, ApiKey.Initial, ApiKey.Evolve,
            (id, _, key) => key is ApiKey.Active active ? View(id, active) : null, context.RequestAborted);
        return page.Of(found, k => k.Id);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Api.Edge;
using EventMesh.Api.Jose;
using EventMesh.Api.Trust;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.IdentityProviders;

/// <summary>Asks a provider for what it says about itself and shows what came of it. Changes nothing, not even the keys that tokens are checked with.</summary>
public static class TestProvider
{
    /// <param name="Ok">Whether tokens of it can be checked: it was found, and has a key for one of the algorithms that are allowed.</param>
    /// <param name="Problems">What is in the way, as sentences.</param>
    /// <param name="PassedOver">Why keys of it are not used, one name for each.</param>
    public sealed record Response(
        bool Ok, string DiscoveryUrl, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? JwksUri,
        IReadOnlyList<KeyView> Keys, IReadOnlyList<string> PassedOver, IReadOnlyList<string> AlgorithmsSupported, IReadOnlyList<string> Problems);

    /// <param name="Verifies">The allowed algorithms that it can check.</param>
    public sealed record KeyView(string? Kid, string Kty, IReadOnlyList<string> Verifies);

    public static void Map(RouteGroupBuilder providers) => providers.MapPost("/{id}/test", Handle)
        .Needs(Permission.WriteMembers).WithName("testIdentityProvider").WithSummary("Ask an identity provider for its keys, and show what was found");

    private static async Task<Response> Handle(string id, Call call, Store store, ProviderDiscovery discovery, HttpContext context)
    {
        var provider = await ReadProviders.Find(id, call, Moment.Now(store, call), context.RequestAborted);
        var at = ProviderDiscovery.AddressOf(provider.Issuer).AbsoluteUri;
        return await discovery.Ask(provider.Issuer, context.RequestAborted) switch
        {
            Discovered.Found found => Of(provider, at, found),
            Discovered.Nothing nothing => new(false, at, null, [], [], [], [nothing.Fault + "."]),
            _ => throw new InvalidOperationException("An answer of a new kind."),
        };
    }

    private static Response Of(ProviderView provider, string at, Discovered.Found found)
    {
        KeyView[] keys = [.. found.Keys.Keys.Select(key => new KeyView(key.Kid, key.Kind, [.. provider.Algorithms.Where(name => key.Verifies(JwsAlgorithms.Named(name)))]))];
        List<string> problems = [];
        if (!keys.Any(key => key.Verifies.Count > 0)) problems.Add($"It has no key that checks {string.Join(" or ", provider.Algorithms)}.");
        if (found.Algorithms.Count > 0 && !found.Algorithms.Intersect(provider.Algorithms).Any()) problems.Add($"It says that it signs with {string.Join(", ", found.Algorithms)}; allow one of them in algorithms.");
        return new(problems.Count == 0, at, found.KeysAt.AbsoluteUri, keys, [.. found.Keys.PassedOver.Select(why => JsonNamingPolicy.SnakeCaseLower.ConvertName(why.ToString()))], found.Algorithms, problems);
    }
}

using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Connectors;

namespace EventMesh.Api.Trust;

/// <summary>What a provider says about itself.</summary>
public abstract record Discovered
{
    private Discovered()
    {
    }

    /// <param name="Algorithms">What it says to sign with; empty when it says nothing.</param>
    public sealed record Found(JwkSet Keys, Uri KeysAt, IReadOnlyList<string> Algorithms) : Discovered;

    /// <param name="Fault">As a sentence without its end.</param>
    public sealed record Nothing(string Fault) : Discovered;
}

/// <summary>Asks a provider for its keys: OpenID Connect Discovery 1.0 §4, then the key set that it names.</summary>
public sealed class ProviderDiscovery(GuardedHttp http)
{
    private const int AlgorithmsShownMax = 50;

    /// <summary>Where a provider describes itself (§4): behind the issuer's path, without a slash of its own.</summary>
    public static Uri AddressOf(string issuer) => new(issuer.TrimEnd('/') + "/.well-known/openid-configuration");

    public async Task<Discovered> Ask(string issuer, CancellationToken stop)
    {
        var (described, fault) = await Fetch(AddressOf(issuer), stop).ConfigureAwait(false);
        if (fault is not null) return new Discovered.Nothing($"The discovery document: {fault}");
        if (StrictJson.Object(described, out _) is not { } json) return new Discovered.Nothing("The discovery document is not a JSON object");
        // §4.3: else one provider could speak for another.
        if (!StrictJson.TryText(json, "issuer", out var named) || named != issuer) return new Discovered.Nothing("The discovery document is of another issuer; it must name this one letter by letter");
        if (!StrictJson.TryText(json, "jwks_uri", out var text) || !Uri.TryCreate(text, UriKind.Absolute, out var keysAt)) return new Discovered.Nothing("The discovery document names no jwks_uri");

        (var keys, fault) = await Fetch(keysAt, stop).ConfigureAwait(false);
        if (fault is not null) return new Discovered.Nothing($"The key set: {fault}");
        if (!JwkSet.TryRead(keys, out var set)) return new Discovered.Nothing($"The key set is not one, or has more than {JwkSet.KeysMax} keys");
        return new Discovered.Found(set, keysAt, Algorithms(json));
    }

    private async Task<(ReadOnlyMemory<byte> Body, string? Fault)> Fetch(Uri address, CancellationToken stop) => await http.Get(address, stop).ConfigureAwait(false) switch
    {
        Fetched.Answer { Status: 200 } answer => (answer.Body, null),
        Fetched.Answer answer => (default, $"status {answer.Status}"),
        Fetched.Failed failed => (default, failed.Error),
        _ => throw new InvalidOperationException("An answer of a new kind."),
    };

    private static IReadOnlyList<string> Algorithms(JsonElement json) =>
        StrictJson.TryTexts(json, "id_token_signing_alg_values_supported", out var names) && names is not null ? [.. names.Take(AlgorithmsShownMax)] : [];
}

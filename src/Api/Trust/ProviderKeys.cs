using System.Collections.Concurrent;
using EventMesh.Api.Jose;
using EventMesh.Delivery.Offboarding;

namespace EventMesh.Api.Trust;

/// <summary>
/// The keys of trusted providers, for each workspace on its own: two that trust the same provider share nothing, not even what an answer's time tells. Bounded; who has not been
/// asked for the longest time goes first.
/// </summary>
public sealed partial class ProviderKeys(ProviderDiscovery discovery, TimeProvider clock, ILogger<ProviderKeys> log) : IForgets
{
    /// <summary>Providers whose keys are kept: with <see cref="JwkSet.KeysMax"/> of the longest keys each, 130 MB.</summary>
    public const int ProvidersMax = 2_000;

    private readonly ConcurrentDictionary<(string Workspace, string Provider), KeptKeys> kept = new();

    internal int Count => kept.Count;

    /// <summary>Keys that are young enough to be used.</summary>
    /// <returns>Null when there are none, and the provider does not give any.</returns>
    public ValueTask<JwkSet?> Get((string Workspace, string Provider) of, string issuer, CancellationToken stop) => Of(of, issuer).Get(stop);

    /// <summary>Keys that are newer than <paramref name="than"/>; the same ones when there are none, or it is too early to ask again.</summary>
    public ValueTask<JwkSet?> GetNewer((string Workspace, string Provider) of, string issuer, JwkSet than, CancellationToken stop) => Of(of, issuer).GetNewer(than, stop);

    private KeptKeys Of((string Workspace, string Provider) of, string issuer)
    {
        if (kept.TryGetValue(of, out var keys)) return keys;
        if (kept.Count >= ProvidersMax)
            foreach (var (unused, _) in kept.OrderBy(k => k.Value.UsedAt).Take(ProvidersMax / 10).ToArray()) kept.TryRemove(unused, out _);
        return kept.GetOrAdd(of, _ => new(() => Fetch(of, issuer), clock));
    }

    private async Task<JwkSet?> Fetch((string Workspace, string Provider) of, string issuer)
    {
        var began = clock.GetTimestamp();
        Discovered answer;
        try
        {
            answer = await discovery.Ask(issuer, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // A fetch in the background has nobody who would hear of it; without keys nobody is let in.
            Failed(of.Workspace, of.Provider, failure);
            return null;
        }
        var found = answer as Discovered.Found;
        var fault = (answer as Discovered.Nothing)?.Fault;
        Asked(of.Workspace, of.Provider, found is null ? "failed" : "found", found?.Keys.Keys.Count, found?.Keys.PassedOver.Count, fault, Math.Round(clock.GetElapsedTime(began).TotalMilliseconds, 3));
        return found?.Keys;
    }

    [LoggerMessage(EventName = "provider.asked", Level = LogLevel.Information, Message = "{TenantId} {Provider} {Outcome} {Keys} {PassedOver} {Fault} {DurationMs}")]
    private partial void Asked(string tenantId, string provider, string outcome, int? keys, int? passedOver, string? fault, double durationMs);

    [LoggerMessage(EventName = "provider.failed", Level = LogLevel.Error, Message = "{TenantId} {Provider} could not be asked")]
    private partial void Failed(string tenantId, string provider, Exception failure);

    public void Forget(string workspace) => kept.Forget(workspace);
}

using EventMesh.Api.Trust;
using EventMesh.Connectors;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Unit.Trust;

public sealed class ProviderKeysTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_of_two_thousand_providers_are_kept_and_those_not_asked_for_the_longest_go_first()
    {
        // Nothing may be called, so nothing is: each is known to have no keys.
        using var http = new GuardedHttp(new AddressGuard([]));
        var keys = new ProviderKeys(new ProviderDiscovery(http), TimeProvider.System, NullLogger<ProviderKeys>.Instance);
        for (var i = 0; i < ProviderKeys.ProvidersMax; i++) Assert.Null(await keys.Get(($"workspace-{i}", "idp_1"), "https://127.0.0.1", Stop));
        Assert.Equal(ProviderKeys.ProvidersMax, keys.Count);
        await keys.Get(("workspace-0", "idp_1"), "https://127.0.0.1", Stop);
        Assert.Equal(ProviderKeys.ProvidersMax, keys.Count);
        await keys.Get(("workspace-0", "idp_2"), "https://127.0.0.1", Stop);
        Assert.Equal(ProviderKeys.ProvidersMax - ProviderKeys.ProvidersMax / 10 + 1, keys.Count);
        // The one that was asked for again is still there, and asking for it adds none.
        await keys.Get(("workspace-0", "idp_1"), "https://127.0.0.1", Stop);
        Assert.Equal(ProviderKeys.ProvidersMax - ProviderKeys.ProvidersMax / 10 + 1, keys.Count);
    }
}

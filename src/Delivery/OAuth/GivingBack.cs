using System.Security.Cryptography;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.OAuth;

/// <summary>Gives tokens that are used no more back to their provider, as well as that can be done, and destroys them.</summary>
public sealed partial class GivingBack(Store store, TokenTable table, Providers providers, ProviderCalls calls, OAuthClients clients, TimeProvider clock, ILogger<GivingBack> log)
{
    /// <summary>About an hour of tries. A provider that does not answer for so long does not keep us from destroying what we have.</summary>
    public const int AttemptsMax = 8;

    /// <param name="held">Claimed by this process.</param>
    public async Task Run(HeldTokens held, CancellationToken stop)
    {
        var (outcome, error) = await Ask(held, stop).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var asked = outcome == GivenBack.Impossible ? 0 : held.Failures + 1;
        if (outcome == GivenBack.Trouble && asked < AttemptsMax)
        {
            await table.Postpone(held, now + BackOff.After(held.Failures, Random.Shared.NextDouble()), now, stop).ConfigureAwait(false);
            return;
        }
        await table.Destroy(held, stop).ConfigureAwait(false);
        Destroyed(held.Workspace, held.Connection, held.Provider, outcome == GivenBack.Done, asked, error);
        var chance = RandomNumberGenerator.GetBytes(10);
        await TokenRenewal.Tell(store, held.Workspace, held.Connection, Ids.Sortable("ren_", now, chance),
            new RenewalEvent.ConnectionTokensDestroyed(held.Connection, held.Provider, outcome == GivenBack.Done, asked, error, now), now, stop).ConfigureAwait(false);
    }

    private async Task<(GivenBack, string?)> Ask(HeldTokens held, CancellationToken stop)
    {
        if (providers.Find(held.Provider) is not { Revoke: not null } provider) return (GivenBack.Impossible, null);
        if (await clients.Of(held.Workspace, held.Provider, held.Sealed.ClientId, stop).ConfigureAwait(false) is not { } client) return (GivenBack.Refused, "the OAuth app is not set any more");
        var reached = await calls.Reach(provider, held.Sealed.Parameters, stop).ConfigureAwait(false);
        return reached.Endpoints is { } endpoints ? await calls.Revoke(provider, endpoints, client, held.Tokens, stop).ConfigureAwait(false) : (GivenBack.Trouble, reached.Trouble);
    }

    [LoggerMessage(EventName = "oauth.destroyed", Level = LogLevel.Information, Message = "oauth.destroyed {tenant_id} {connection} {provider} {revoked} {attempts} {error}")]
    private partial void Destroyed(string tenant_id, string connection, string provider, bool revoked, int attempts, string? error);
}

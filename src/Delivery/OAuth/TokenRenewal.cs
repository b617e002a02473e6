using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.OAuth;

/// <summary>
/// Renews the tokens of one connection, for whoever holds the claim on them. The new set is on disk before anybody uses it. A crash between the provider's answer and that commit is the
/// one moment in which a rotated refresh token can be lost: the next one tries the old one, which providers with a grace period take, and others answer with invalid_grant: a person is asked.
/// </summary>
public sealed partial class TokenRenewal(Store store, TokenTable table, Providers providers, ProviderCalls calls, OAuthClients clients, TimeProvider clock, ILogger<TokenRenewal> log)
{
    /// <summary>Longer than a renewal lasts, which asks a provider twice at most (discovery, tokens): whoever dies with a claim holds it up for so long.</summary>
    public static readonly TimeSpan ClaimLasts = 3 * GuardedHttp.Timeout;

    private const int CommitTriesMax = 30;
    private const int ErrorCharsMax = 200;
    private static readonly TimeSpan BetweenCommits = TimeSpan.FromSeconds(1);

    /// <param name="held">Claimed by this process.</param>
    /// <returns>The new ones; null when there are none: it is due again later, or a person was asked.</returns>
    public async Task<HeldTokens?> Renew(HeldTokens held, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        var answer = await Ask(held, stop).ConfigureAwait(false);
        var now = Now();
        switch (answer)
        {
            case TokenAnswer.Granted granted:
                var next = held.Sealed with { Tokens = granted.Tokens };
                // From here on the old refresh token may be worth nothing: nothing but the end of the process keeps the new one from being stored.
                if (!await Commit(held, next).ConfigureAwait(false)) return await table.Read(held.Workspace, held.Connection, stop).ConfigureAwait(false);
                Renewed(held.Workspace, held.Connection, held.Provider, "renewed", clock.GetElapsedTime(began).TotalMilliseconds);
                await Tell(held, new RenewalEvent.ConnectionTokenRefreshed(held.Connection, held.Provider, held.Generation + 1, granted.Tokens.RefreshToken != held.Tokens.RefreshToken, granted.Tokens.ExpiresAt, now), now, stop).ConfigureAwait(false);
                return held with { Generation = held.Generation + 1, Sealed = next, ExpiresAt = granted.Tokens.ExpiresAt, DueAt = granted.Tokens.RefreshAt, Failures = 0, FailingSince = null };
            case TokenAnswer.Refused { IsFinal: true } refused:
                await AskForAttention(held, NeedsAttentionBecause.Refused, refused.Error, stop).ConfigureAwait(false);
                break;
            case var failed:
                var error = failed is TokenAnswer.Refused r ? r.Error : ((TokenAnswer.Trouble)failed).Reason;
                Failed(held.Workspace, held.Connection, held.Provider, error, held.Failures + 1);
                if (held.FailingSince is { } since && now - since >= BackOff.Exhausted) await AskForAttention(held, NeedsAttentionBecause.Exhausted, error, stop).ConfigureAwait(false);
                else await table.Postpone(held, now + BackOff.After(held.Failures, Random.Shared.NextDouble()), now, stop).ConfigureAwait(false);
                break;
        }
        return null;
    }

    /// <summary>Nothing but a person helps any more. Doing it twice is doing it once.</summary>
    public async Task AskForAttention(HeldTokens held, NeedsAttentionBecause reason, string error, CancellationToken stop)
    {
        var now = Now();
        var command = new ConnectionCommand.AskForAttention(reason, error.Length <= ErrorCharsMax ? error : error[..ErrorCharsMax], held.AuthorizedAt, now);
        try
        {
            var decided = await store.For(held.Workspace).Decide<Connection, ConnectionEvent>(
                held.Connection, "connection", Connection.Initial, Connection.Evolve, s => ConnectionDecider.Decide(command, s), new EventMetadata(now, "eventmesh", held.Connection), null, stop).ConfigureAwait(false);
            if (decided.Happened.Count > 0) Attention(held.Workspace, held.Connection, held.Provider, error);
        }
        catch (Refused gone) when (gone.IsMissing)
        {
            // It was deleted meanwhile: its tokens are about to be given back.
        }
        // After the event: a crash in between leads here again, and the event is there already.
        await table.Rest(held, stop).ConfigureAwait(false);
    }

    private async Task<TokenAnswer> Ask(HeldTokens held, CancellationToken stop)
    {
        if (providers.Find(held.Provider) is not { } provider) return new TokenAnswer.Trouble($"the provider {held.Provider} is not known here");
        if (await clients.Of(held.Workspace, held.Provider, held.Sealed.ClientId, stop).ConfigureAwait(false) is not { } client) return new TokenAnswer.Trouble($"the OAuth app {held.Sealed.ClientId} is not set any more");
        var reached = await calls.Reach(provider, held.Sealed.Parameters, stop).ConfigureAwait(false);
        return reached.Endpoints is { } endpoints ? await calls.Refresh(provider, endpoints, client, held.Tokens).ConfigureAwait(false) : new TokenAnswer.Trouble(reached.Trouble!);
    }

    private async Task<bool> Commit(HeldTokens held, SealedTokens next)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await table.Renew(held, next, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception trouble) when (attempt < CommitTriesMax && trouble is StoreUnavailable or Npgsql.NpgsqlException)
            {
                NotStored(held.Workspace, held.Connection, trouble.Message);
                await Task.Delay(BetweenCommits, clock).ConfigureAwait(false);
            }
        }
    }

    private async Task Tell(HeldTokens held, RenewalEvent happened, DateTimeOffset now, CancellationToken stop)
    {
        Span<byte> chance = stackalloc byte[10];
        System.Security.Cryptography.RandomNumberGenerator.Fill(chance);
        await Tell(store, held.Workspace, held.Connection, Ids.Sortable("ren_", now, chance), happened, now, stop).ConfigureAwait(false);
    }

    internal static Task Tell(Store store, string workspace, string connection, string stream, RenewalEvent happened, DateTimeOffset now, CancellationToken stop) =>
        store.For(workspace).Append(stream, "renewal", 0, [happened], new EventMetadata(now, "eventmesh", connection, connection), null, stop);

    // As precise as the database keeps it.
    private DateTimeOffset Now() => new(clock.GetUtcNow().Ticks / 10 * 10, TimeSpan.Zero);

    [LoggerMessage(EventName = "oauth.renewed", Level = LogLevel.Information, Message = "oauth.renewed {tenant_id} {connection} {provider} {outcome} {duration_ms}")]
    private partial void Renewed(string tenant_id, string connection, string provider, string outcome, double duration_ms);

    [LoggerMessage(EventName = "oauth.renewal_failed", Level = LogLevel.Warning, Message = "oauth.renewal_failed {tenant_id} {connection} {provider} {error} {failures}")]
    private partial void Failed(string tenant_id, string connection, string provider, string error, int failures);

    [LoggerMessage(EventName = "oauth.needs_attention", Level = LogLevel.Warning, Message = "oauth.needs_attention {tenant_id} {connection} {provider} {error}")]
    private partial void Attention(string tenant_id, string connection, string provider, string error);

    [LoggerMessage(EventName = "oauth.not_stored", Level = LogLevel.Error, Message = "oauth.not_stored {tenant_id} {connection}: {reason}")]
    private partial void NotStored(string tenant_id, string connection, string reason);
}

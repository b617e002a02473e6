using System.Collections.Concurrent;
using EventMesh.Connectors.OAuth;
using EventMesh.Delivery.Offboarding;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Secrets;

namespace EventMesh.Delivery.OAuth;

/// <summary>What a connection's requests may carry now.</summary>
/// <param name="Tokens">Null when there is nothing that may be sent.</param>
/// <param name="Error">Why not, as one line for the connection's owner.</param>
/// <param name="Uses">Where its uses are counted.</param>
public sealed record UsableToken(TokenSet? Tokens, string? Provider, string? Error, UseCount? Uses = null)
{
    public override string ToString() => $"UsableToken of {Provider}";
}

/// <summary>
/// The access tokens of connections on this node: each read once, used until it is about to be renewed, and forgotten when its connection is authorized anew. One that ended or that a target
/// did not accept is renewed on demand, by one over all nodes; the others wait for it and use what it got.
/// </summary>
public sealed class ConnectionTokens(TokenTable table, TokenRenewal renewal, SecretUses uses, TimeProvider clock) : IForgets
{
    private const int KeptMax = 20_000;

    /// <summary>A token that ends within this is not sent any more.</summary>
    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RereadEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RereadWhileDue = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    /// <summary>A target that accepts no token at all does not make us renew for each attempt.</summary>
    private static readonly TimeSpan RefusedApart = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Workspace, string Connection), Kept> kept = new();
    private readonly ConcurrentDictionary<(string Workspace, string Connection), Lazy<Task<UsableToken>>> underWay = new();

    private sealed record Kept(HeldTokens Held, UseCount Uses, DateTimeOffset Until, bool Refused, DateTimeOffset? RefusedAt);

    /// <param name="authorizedAt">When the connection's credential became active.</param>
    public ValueTask<UsableToken> Of(string workspace, string connection, DateTimeOffset authorizedAt, CancellationToken stop)
    {
        if (kept.GetValueOrDefault((workspace, connection)) is { Refused: false } known && known.Held.AuthorizedAt == authorizedAt && clock.GetUtcNow() < known.Until)
            return new(new UsableToken(known.Held.Tokens, known.Held.Provider, null, known.Uses));
        // One at a time on this node: the others wait for its answer.
        return new(underWay.GetOrAdd((workspace, connection), key => new(() => Fetch(key))).Value.WaitAsync(stop));
    }

    /// <summary>The target did not accept what was shown to it.</summary>
    /// <param name="shows">Whether that was this token.</param>
    /// <returns>Whether the next attempt will carry another.</returns>
    public bool Refused(string workspace, string connection, Func<string, bool> shows)
    {
        var now = clock.GetUtcNow();
        if (kept.GetValueOrDefault((workspace, connection)) is not { } known) return false;
        // Renewed while the attempt was under way, or somebody else's attempt has said so already.
        if (known.Refused || !shows(known.Held.Tokens.AccessToken)) return true;
        if (known.Held.Tokens.RefreshToken is null || (known.RefusedAt is { } last && now - last < RefusedApart)) return false;
        return kept.TryUpdate((workspace, connection), known with { Refused = true, RefusedAt = now }, known);
    }

    private async Task<UsableToken> Fetch((string Workspace, string Connection) of)
    {
        try
        {
            return await Find(of, kept.GetValueOrDefault(of)).ConfigureAwait(false);
        }
        finally
        {
            underWay.TryRemove(of, out _);
        }
    }

    private async Task<UsableToken> Find((string Workspace, string Connection) of, Kept? before)
    {
        // Nobody's patience but its own bounds it: whoever waits may leave.
        using var bounded = new CancellationTokenSource(TokenRenewal.ClaimLasts, clock);
        var stop = bounded.Token;
        for (var mustDiffer = before is { Refused: true } ? before.Held.Generation : (long?)null; ;)
        {
            if (await table.Read(of.Workspace, of.Connection, stop).ConfigureAwait(false) is not { Ended: false } held) return new(null, null, "nobody has authorized the connection yet");
            var now = clock.GetUtcNow();
            var ended = held.ExpiresAt is { } end && end - Spare <= now;
            if (!ended && held.Generation != mustDiffer) return Keep(of, held, before, now);
            if (held.Tokens.RefreshToken is null)
            {
                await renewal.AskForAttention(held, NeedsAttentionBecause.Expired, "the token ended, and there is none to renew it with", stop).ConfigureAwait(false);
                return new(null, held.Provider, "the connection has to be authorized again");
            }
            if (held.Failures > 0 && held.DueAt > now) return new(null, held.Provider, "the connection's token could not be renewed yet");
            if (held.DueAt is null && held.Tokens.RefreshAt is not null) return new(null, held.Provider, "the connection has to be authorized again");
            if (await table.Claim(of.Workspace, of.Connection, held.Generation, TokenRenewal.ClaimLasts, stop).ConfigureAwait(false) is { } claimed)
                return await renewal.Renew(claimed, stop).ConfigureAwait(false) is { } renewed ? Keep(of, renewed, before, now) : new(null, held.Provider, "the connection's token could not be renewed");
            // Another node is about to: its answer is ours.
            await Task.Delay(BetweenLooks, clock, stop).ConfigureAwait(false);
        }
    }

    private UsableToken Keep((string Workspace, string Connection) of, HeldTokens held, Kept? before, DateTimeOffset now)
    {
        if (kept.Count >= KeptMax) kept.Clear();
        var until = now + (held.DueAt is { } due && due <= now ? RereadWhileDue : RereadEvery);
        if (held.DueAt is { } renewedAt && renewedAt > now && renewedAt < until) until = renewedAt;
        if (held.ExpiresAt - Spare is { } end && end < until) until = end;
        var counted = uses.Of(of.Workspace, TokenTable.NameOf(of.Connection), (int)Math.Min(held.Generation, int.MaxValue), SecretPurpose.Oauth);
        kept[of] = new(held, counted, until, false, before?.RefusedAt);
        return new(held.Tokens, held.Provider, null, counted);
    }

    public void Forget(string workspace) => kept.Forget(workspace);
}

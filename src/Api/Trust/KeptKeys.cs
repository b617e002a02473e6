using EventMesh.Api.Jose;

namespace EventMesh.Api.Trust;

/// <summary>
/// The keys of one provider as one workspace trusts it. Fetched when they are first needed, again in the background when they are used and <see cref="RefreshAfter"/> old,
/// and at once for a token with a key that is not among them. Older than <see cref="OldestUsed"/> they are not used: a provider that takes a key back must be heard.
/// However many ask, one fetch is under way.
/// </summary>
/// <param name="fetch">Null when the provider gave none.</param>
internal sealed class KeptKeys(Func<Task<JwkSet?>> fetch, TimeProvider clock)
{
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan OldestUsed = TimeSpan.FromHours(1);

    /// <summary>Between two fetches for keys that are not among those known: anybody can make up a token with such.</summary>
    public static readonly TimeSpan NewerApart = TimeSpan.FromSeconds(30);

    /// <summary>After a fetch that failed.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private (JwkSet Keys, long At)? known;
    private long? failedAt;
    private long? newerAskedAt;
    private Task<JwkSet?>? fetching;
    private long usedAt = clock.GetTimestamp();

    public long UsedAt => Interlocked.Read(ref usedAt);

    /// <returns>Null when there are none, and the provider gives none.</returns>
    public ValueTask<JwkSet?> Get(CancellationToken stop)
    {
        Interlocked.Exchange(ref usedAt, clock.GetTimestamp());
        lock (gate)
        {
            if (Within(known?.At, RefreshAfter)) return new(known!.Value.Keys);
            if (!Within(failedAt, RetryAfter)) fetching ??= Fetch();
            if (Usable is { } keys) return new(keys);
            return fetching is null ? default : new(fetching.WaitAsync(stop));
        }
    }

    /// <summary>Keys that are newer than those a token was not found in.</summary>
    /// <returns>The same ones when it is too early to ask again, or nothing came of it.</returns>
    public ValueTask<JwkSet?> GetNewer(JwkSet than, CancellationToken stop)
    {
        lock (gate)
        {
            if (Usable is { } keys && !ReferenceEquals(keys, than)) return new(keys);
            if (fetching is null)
            {
                if (Within(newerAskedAt, NewerApart)) return new(Usable);
                newerAskedAt = clock.GetTimestamp();
                fetching = Fetch();
            }
            return new(fetching.WaitAsync(stop));
        }
    }

    private JwkSet? Usable => Within(known?.At, OldestUsed) ? known!.Value.Keys : null;

    private bool Within(long? since, TimeSpan span) => since is { } at && clock.GetElapsedTime(at) < span;

    // Of its own, so that whoever asked first may go away.
    private Task<JwkSet?> Fetch() => Task.Run(async () =>
    {
        JwkSet? fetched = null;
        try
        {
            fetched = await fetch().ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                if (fetched is not null) (known, failedAt) = ((fetched, clock.GetTimestamp()), null);
                else failedAt = clock.GetTimestamp();
                fetching = null;
            }
        }
        return fetched ?? UsableNow();
    });

    private JwkSet? UsableNow()
    {
        lock (gate) return Usable;
    }
}

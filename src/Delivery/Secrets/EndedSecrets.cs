using EventMesh.Domain.Connections;
using EventMesh.Domain.Secrets;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Secrets;

/// <summary>
/// Destroys the values of secrets that are over: what was rotated out and whose overlap has passed, what a deleted connection or source left, private halves of retired signing keys, versions that expired or whose
/// revocation a crash cut short, and values that were kept for an event that was never stored. One node does it, from time to time.
/// </summary>
public sealed partial class EndedSecrets(Store store, IndexFollower follower, TimeProvider clock, ILogger<EndedSecrets> log)
{
    public const string LeaseName = "ended-secrets";

    private const int PageSecrets = 500;
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(5);

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, LeaseName, stop).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Apart, clock);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            // So that a lost lease is noticed: the statement fails, and the role starts again behind whoever has it now.
            await lease.Save(lease.Checkpoint, stop).ConfigureAwait(false);
            await Destroy(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Looks through all that is kept, once. Does nothing while the index is behind: what it has not heard of is not over.</summary>
    /// <returns>How many were destroyed.</returns>
    public async Task<int> Destroy(CancellationToken stop)
    {
        var destroyed = 0;
        for (KeptSecret? last = null; ;)
        {
            var page = await store.ListKeptSecrets(last, PageSecrets, stop).ConfigureAwait(false);
            await follower.TryCatchUp(stop).ConfigureAwait(false);
            if (!follower.IsCurrent) return destroyed;
            var now = clock.GetUtcNow();
            foreach (var workspace in page.Where(k => IsOver(k, follower.Index.Find(k.Workspace), now)).GroupBy(k => k.Workspace, StringComparer.Ordinal))
            {
                var count = await store.For(workspace.Key).DestroySecrets([.. workspace.Select(k => (k.Name, k.Version))], now, stop).ConfigureAwait(false);
                destroyed += count;
                Destroyed(workspace.Key, count);
            }
            if (page.Count < PageSecrets) return destroyed;
            last = page[^1];
        }
    }

    /// <summary>Whether nobody will ask for a value again.</summary>
    /// <param name="workspace">Null when the index knows no such workspace: then it knows too little.</param>
    internal static bool IsOver(KeptSecret kept, ConfiguredWorkspace? workspace, DateTimeOffset now)
    {
        if (workspace is null) return false;
        var unclaimed = now - kept.CreatedAt > Unclaimed;
        return kept.Name.Split('/') switch
        {
            [var name] => workspace.Secrets.GetValueOrDefault(name)?.Versions.FirstOrDefault(v => v.Number == kept.Version) is { } version ? !version.IsActiveAt(now) : unclaimed,
            ["connections", var id, .. var rest] => workspace.Connections.GetValueOrDefault(id, Connection.Initial) switch
            {
                Connection.Deleted => true,
                Connection.Missing => unclaimed,
                var connection when rest is ["signing", ..] => Signing(connection, rest is [_, var secret] ? secret : SigningSecret.FirstId),
                var connection when rest is ["credential" or "headers", var named] => unclaimed && !NamedBy(connection).Contains(named, StringComparer.Ordinal),
                // What else a connection keeps, those destroy that replace it.
                _ => false,
            },
            ["sources", var id, var secret] => workspace.Sources.GetValueOrDefault(id, Source.Initial) switch
            {
                Source.Deleted => true,
                Source.Enabled source => Verifying(source.Secrets, secret),
                Source.Disabled source => Verifying(source.Secrets, secret),
                _ => unclaimed,
            },
            ["issuer", "keys", var kid] => workspace.Identity.Issuer.Retired.Contains(kid) || (unclaimed && workspace.Identity.Issuer.Keys.All(k => k.Kid != kid)),
            // Who somebody was that is no member any more.
            ["members", var id] => unclaimed && !workspace.Members.Has(id),
            _ => false,
        };

        static IEnumerable<string?> NamedBy(Connection connection) =>
            [connection.Credential.Secret, .. (connection switch { Connection.Enabled enabled => enabled.Config, Connection.Disabled disabled => disabled.Config, _ => null })?.SecretHeaders?.Values ?? []];

        bool Signing(Connection connection, string id)
        {
            var secrets = connection switch { Connection.Enabled enabled => enabled.Secrets, Connection.Disabled disabled => disabled.Secrets, _ => null };
            var listed = secrets?.ActiveAt(DateTimeOffset.MinValue).FirstOrDefault(s => s.Id == id);
            return Ended(listed?.ExpiresAt, listed is not null);
        }

        bool Verifying(IReadOnlyList<SourceSecret> secrets, string id) => secrets.FirstOrDefault(s => s.Id == id) is var listed && Ended(listed?.Until, listed is not null);

        // One that is not listed was dropped by a later rotation, or is about to be named by one.
        bool Ended(DateTimeOffset? end, bool listed) => listed ? end + StillUnderWay < now : unclaimed;
    }

    /// <summary>After this long nobody is about to store the event that names a value: requests end within seconds.</summary>
    private static readonly TimeSpan Unclaimed = TimeSpan.FromHours(1);

    /// <summary>Who began just before a secret ended may still read it.</summary>
    private static readonly TimeSpan StillUnderWay = TimeSpan.FromMinutes(1);

    [LoggerMessage(EventName = "secrets.destroyed", Level = LogLevel.Information, Message = "secrets.destroyed {tenant_id} {count}")]
    private partial void Destroyed(string tenant_id, int count);
}

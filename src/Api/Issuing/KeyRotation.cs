using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Sealing;
using EventMesh.Projections.Index;
using Npgsql;

namespace EventMesh.Api.Issuing;

/// <summary>
/// Gives issuers their next key when the newest is old, retires those whose last token has expired, and forgets assertions that have. On one node at a time:
/// the one that holds the lease looks once a minute. A fault in one workspace does not keep the others waiting.
/// </summary>
public sealed partial class KeyRotation(Store store, IndexFollower index, SigningKeys keys, UsedAssertions used, Settings settings, TimeProvider clock, ILogger<KeyRotation> log)
{
    private const string Lease = "issuer-keys";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await LeaseSession.Open(store, stop).ConfigureAwait(false);
        using var looks = new PeriodicTimer(Interval(), clock);
        do
        {
            // Taken again by its holder, and lost with the session: then this throws, and the host begins anew.
            if (await lease.TryTake(Lease, stop).ConfigureAwait(false)) await Look(stop).ConfigureAwait(false);
        }
        while (await looks.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    public async Task Look(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        await used.Forget(now, stop).ConfigureAwait(false);
        foreach (var workspace in index.Index.Workspaces)
        {
            if (index.Index.Find(workspace)?.Identity.Issuer is not { Keys.Length: > 0 } issuer) continue;
            try
            {
                if (IssuerDecider.IsAged(issuer, settings.IssuerKeyAge, now)) await Rotate(workspace, stop).ConfigureAwait(false);
                if (issuer.At(now).Any(k => k.State == IssuerKeyState.Ended)) await Decide(workspace, new IssuerCommand.RetireEndedKeys(now), stop).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is StoreUnavailable or VersionConflict or PostgresException or MasterKeyUnavailable or MasterKeyMissing or ErasureKeyMissing or SealBroken)
            {
                Failed(failure, workspace);
            }
        }
    }

    private async Task Rotate(string workspace, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var key = await keys.Make(workspace, now, stop).ConfigureAwait(false);
        await Decide(workspace, new IssuerCommand.RotateAgedKey(key, settings.IssuerKeyAge, (int)settings.IssuerKeyOverlap.TotalSeconds, now), stop).ConfigureAwait(false);
        Rotated(workspace, key.Kid);
    }

    private Task Decide(string workspace, IssuerCommand command, CancellationToken stop) =>
        keys.Decide(workspace, s => IssuerDecider.Decide(command, s), keys.Metadata(), null, stop);

    // Where keys get no older than some seconds, as tests have it, a minute would be long.
    private TimeSpan Interval() => settings.IssuerKeyAge < 4 * BetweenLooks ? settings.IssuerKeyAge / 4 : BetweenLooks;

    [LoggerMessage(EventName = "issuer.key_rotated", Level = LogLevel.Information, Message = "issuer.key_rotated {tenant_id} {kid}")]
    private partial void Rotated(string tenant_id, string kid);

    [LoggerMessage(EventName = "issuer.rotation_failed", Level = LogLevel.Error, Message = "issuer.rotation_failed {tenant_id}")]
    private partial void Failed(Exception failure, string tenant_id);
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using EventMesh.Domain;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Reading;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Secrets;

/// <summary>
/// Tells each workspace which of its secrets this node used: once a minute one event for a version and purpose, however often it was used. What a node that is killed had
/// counted since then is lost; one that is stopped tells it first.
/// </summary>
public sealed partial class SecretUses(Store store, SecretRefusals refusals, TimeProvider clock, ILogger<SecretUses> log)
{
    public static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private const int EventsTogether = 500;
    private const int QuietRoundsMax = 60;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Used, UseCount> counts = new();
    private readonly Dictionary<Used, int> quiet = [];
    private readonly SemaphoreSlim telling = new(1, 1);

    private readonly record struct Used(string Workspace, string Name, int Version, SecretPurpose Purpose);

    /// <summary>Where uses are counted: keep it beside the value, for a look-up is more than a count.</summary>
    /// <param name="name">Under which the workspace keeps it.</param>
    public UseCount Of(string workspace, string name, int version, SecretPurpose purpose) => Of(new(workspace, name, version, purpose));

    private UseCount Of(Used used) => counts.GetOrAdd(used, u => new(() => Of(u)));

    /// <summary>Tells once a minute, and what is left when the process stops.</summary>
    public async Task Run(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TellEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false)) await Tell(stop).ConfigureAwait(false);
        }
        finally
        {
            if (stop.IsCancellationRequested)
            {
                using var bounded = new CancellationTokenSource(LastWords);
                await Tell(bounded.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Tells what was used since it last did.</summary>
    /// <exception cref="StoreUnavailable">Nothing is lost: it is told next time.</exception>
    public async Task Tell(CancellationToken stop)
    {
        await telling.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            await refusals.Tell(stop).ConfigureAwait(false);
            var taken = counts.Select(c => (c.Key, c.Value, Untold: c.Value.Take())).ToArray();
            foreach (var (used, count, untold) in taken)
                if (untold is null) Rest(used, count);
                else quiet.Remove(used);
            var told = taken.Where(t => t.Untold is not null).OrderBy(t => t.Key.Workspace, StringComparer.Ordinal).Select(t => (t.Key, Count: t.Value, Untold: t.Untold!));
            foreach (var together in told.Chunk(EventsTogether)) await Tell(together, stop).ConfigureAwait(false);
        }
        finally
        {
            telling.Release();
        }
    }

    private async Task Tell((Used Used, UseCount Count, UseCount.Untold Untold)[] together, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var appends = together.GroupBy(t => t.Used.Workspace, StringComparer.Ordinal).Select(w => store.For(w.Key).Prepare(NewId(now), "secret_use", 0,
            [.. w.Select(t => new SecretUseEvent.SecretUsed(t.Used.Name, t.Used.Version, t.Used.Purpose, t.Untold.Count, t.Untold.FirstAt, t.Untold.LastAt, t.Untold.Runs))],
            new EventMetadata(now, "eventmesh"))).ToArray();
        await store.AppendTogether(appends, stop).ConfigureAwait(false);
        foreach (var (_, count, untold) in together) count.Told(untold);
        Told(together.Length, appends.Length);
        await store.SecretsUsed([.. together.Select(t => (t.Used.Workspace, t.Used.Name, t.Used.Version, t.Untold.LastAt))], stop).ConfigureAwait(false);
    }

    // An hour without a use, and it is forgotten; whoever holds on to it counts where the others do.
    private void Rest(Used used, UseCount count)
    {
        if ((quiet[used] = quiet.GetValueOrDefault(used) + 1) < QuietRoundsMax) return;
        quiet.Remove(used);
        if (counts.TryRemove(KeyValuePair.Create(used, count))) count.Forget();
    }

    internal static string NewId(DateTimeOffset at)
    {
        Span<byte> chance = stackalloc byte[10];
        RandomNumberGenerator.Fill(chance);
        return Ids.Sortable("scu_", at, chance);
    }

    [LoggerMessage(EventName = "secrets.used", Level = LogLevel.Information, Message = "secrets.used {secrets} {workspaces}")]
    private partial void Told(int secrets, int workspaces);
}

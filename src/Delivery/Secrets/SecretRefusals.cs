using System.Collections.Concurrent;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Secrets;

/// <summary>
/// Records in a run's workspace that it asked for what is not its own: at once the first time, and what is asked again within the minute once with its number, so that a run
/// that asks in a loop fills nobody's history.
/// </summary>
public sealed partial class SecretRefusals(Store store, TimeProvider clock, ILogger<SecretRefusals> log)
{
    private const int AskedCharsMax = 300;
    private const int DifferentMax = 1_000;
    private const string Others = "(others)";

    private readonly ConcurrentDictionary<(string Workspace, string Asked, SecretPurpose Purpose), Again> recent = new();

    private sealed class Again
    {
        public long Count;
        public string Run = "";
    }

    /// <exception cref="StoreUnavailable">It could not be recorded, and will be; refused it is all the same.</exception>
    public async Task Note(RunContext run, string asked, SecretPurpose purpose, CancellationToken stop)
    {
        var shown = Shown(asked);
        Refused(run.Workspace, run.Id, purpose, shown);
        if (recent.Count >= DifferentMax && !recent.ContainsKey((run.Workspace, shown, purpose))) shown = Others;
        var first = new Again { Run = run.Id };
        var known = recent.GetOrAdd((run.Workspace, shown, purpose), first);
        if (known != first)
        {
            known.Run = run.Id;
            Interlocked.Increment(ref known.Count);
            return;
        }
        try
        {
            await Record(run.Workspace, new(shown, purpose, run.Id, 1, clock.GetUtcNow()), stop).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Increment(ref first.Count);
            throw;
        }
    }

    /// <summary>Tells what was asked again.</summary>
    public async Task Tell(CancellationToken stop)
    {
        foreach (var (of, again) in recent)
        {
            if (Interlocked.Read(ref again.Count) is > 0 and var count)
            {
                await Record(of.Workspace, new(of.Asked, of.Purpose, again.Run, count, clock.GetUtcNow()), stop).ConfigureAwait(false);
                Interlocked.Add(ref again.Count, -count);
            }
            else recent.TryRemove(KeyValuePair.Create(of, again));
        }
    }

    private Task Record(string workspace, SecretUseEvent.SecretAccessRefused refused, CancellationToken stop) => store.For(workspace).Append(
        SecretUses.NewId(refused.At), "secret_use", 0, [refused], new EventMetadata(refused.At, "eventmesh", refused.Run), null, stop);

    // As much of it as can be stored and shown.
    private static string Shown(string asked) =>
        new([.. asked.Take(AskedCharsMax).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c)]);

    [LoggerMessage(EventName = "secret.access_refused", Level = LogLevel.Warning, Message = "secret.access_refused {tenant_id} {run} {purpose} {asked}")]
    private partial void Refused(string tenant_id, string run, SecretPurpose purpose, string asked);
}

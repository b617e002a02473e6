using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Limits;

/// <summary>Notes in a workspace's history that a limit was exceeded: once a period, however many requests and nodes meet it.</summary>
internal sealed class LimitNotes(Store store)
{
    private const int KnownMax = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(string Workspace, string Limit), string> known = [];

    /// <param name="period">Within which it is noted once.</param>
    /// <exception cref="StoreUnavailable">It may not be noted; the next request that meets the limit tries again.</exception>
    public async Task Note(ConfiguredWorkspace workspace, Allowance limit, string period, EventMetadata metadata)
    {
        var key = (workspace.Id, limit.Limit);
        lock (gate)
        {
            if (known.TryGetValue(key, out var noted) && noted == period) return;
            if (known.Count >= KnownMax) known.Clear();
            known[key] = period;
        }
        try
        {
            var plan = ((Domain.Workspaces.Workspace.Open)workspace.Workspace).Plan;
            var command = new LimitCommand.NoteExceeded(limit.Limit, period, limit.Allowed, limit.Overage, plan, metadata.At);
            await store.For(workspace.Id).Decide<Limit, LimitEvent>(
                Limit.StreamOf(limit.Limit, period), "limit", Limit.Initial, Limit.Evolve, s => LimitDecider.Decide(command, s), metadata, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            lock (gate) known.Remove(key);
            throw;
        }
    }
}

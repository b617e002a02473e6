using System.Collections.Concurrent;
using EventMesh.Connectors;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>
/// The circuits of connections on this node. A node counts its own attempts and opens the circuit for all: the index brings the event to every node, and the version of the
/// circuit's stream lets one of several that decide the same be first. While a circuit is open nothing is sent and no attempt is used; what is due waits as timers.
/// </summary>
public sealed partial class Circuits(Store store, IndexFollower follower, TimeProvider clock, ILogger<Circuits> log)
{
    private readonly ConcurrentDictionary<(string Workspace, string Connection), LocalCircuit> local = new();
    private readonly CircuitProbes probes = new(store);

    /// <summary>Whether an attempt may be made now; asked before anything is loaded. The first that comes to a half-open circuit becomes its probe, if no other node has one.</summary>
    /// <returns>Null when it may; else when to come back.</returns>
    public async ValueTask<DateTimeOffset?> Admit(Dispatch of, CancellationToken stop)
    {
        if (Holds(of) is not { } comeBackAt) return null;
        var now = clock.GetUtcNow();
        var circuit = Of(of);
        if (Known(of, circuit) is not { State: Circuit.Open open, Version: var version } || now < open.Until || !circuit.TryBeginProbe(of, version, now)) return comeBackAt;
        try
        {
            if (await probes.Claim(of.Workspace, of.Connection, version, stop).ConfigureAwait(false))
            {
                Probing(of.Workspace, of.Connection, of.Delivery);
                return null;
            }
        }
        catch (StoreUnavailable trouble)
        {
            Troubled(of.Workspace, of.Connection, trouble.Message);
        }
        // Another node has the probe, or the claim could not be asked for.
        circuit.EndProbe(now);
        return comeBackAt;
    }

    /// <summary>Whether an attempt that was admitted has to wait after all: the circuit opened while it waited for its turn.</summary>
    /// <returns>Null when it may be made; else when to come back.</returns>
    public DateTimeOffset? Holds(Dispatch of)
    {
        var circuit = local.GetValueOrDefault((of.Workspace, of.Connection));
        if (Known(of, circuit).State is not Circuit.Open open || circuit?.Probes(of) is not null) return null;
        // One that is disabled or deleted is not sent to; its worker discards at once.
        if (follower.Index.Find(of.Workspace)?.Connections.GetValueOrDefault(of.Connection) is not Connection.Enabled) return null;
        var now = clock.GetUtcNow();
        return Of(of).ComeBackAt(now < open.Until ? open.Until : LocalCircuit.LookAgainAt(now));
    }

    /// <summary>Whether this is the one attempt that a half-open circuit lets through.</summary>
    public bool IsProbe(Dispatch of) => local.GetValueOrDefault((of.Workspace, of.Connection))?.Probes(of) is not null;

    /// <summary>Told of every attempt how it ended.</summary>
    /// <param name="outcome">Null when there was none: it was no longer awaited, or could not be made.</param>
    public async Task Ended(Dispatch of, Outcome? outcome, CancellationToken stop)
    {
        // Nothing was sent, and nothing was learned of the target.
        if (outcome is Outcome.Failed { Kind: var kind } && FailureTable.IsUnsent(kind)) outcome = null;
        var circuit = Of(of);
        var now = clock.GetUtcNow();
        var failing = outcome is Outcome.Failed failed && FailureTable.IsTrouble(failed.Kind, failed.Status);
        try
        {
            if (circuit.Probes(of) is { } probed)
            {
                if (outcome is null) await probes.Release(of.Workspace, of.Connection, probed, stop).ConfigureAwait(false);
                else
                    await Append(of, circuit, Known(of, circuit), probed, failing
                        ? new CircuitCommand.FailProbe(of.Connection, NameOf(outcome), Random.Shared.NextDouble(), now)
                        : new CircuitCommand.CloseCircuit(of.Connection, CircuitClosedBecause.ProbeSucceeded, now), stop).ConfigureAwait(false);
                circuit.EndProbe();
            }
            else if (outcome is not null && Known(of, circuit) is { State: Circuit.Closed } closed && circuit.Count(now, failing) is var (attempts, failures))
                await Append(of, circuit, closed, closed.Version, new CircuitCommand.OpenCircuit(of.Connection, attempts, failures, NameOf(outcome), Random.Shared.NextDouble(), now), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nothing is decided any more on this node; the claim ends by itself.
        }
        catch (Exception trouble)
        {
            // The attempt stands. The next failure decides again, and a claim ends by itself.
            circuit.Decided(null);
            circuit.EndProbe();
            Troubled(of.Workspace, of.Connection, trouble.Message);
        }
    }

    /// <summary>Nothing has been sent to this connection for long.</summary>
    public void Forget((string Workspace, string Connection) idle) => local.TryRemove(idle, out _);

    private async Task Append(Dispatch of, LocalCircuit circuit, KnownCircuit known, long expected, CircuitCommand command, CancellationToken stop)
    {
        var happened = known.Version == expected ? CircuitDecider.Decide(command, known.State) : [];
        if (happened.Length == 0)
        {
            circuit.Decided(null);
            return;
        }
        try
        {
            await store.For(of.Workspace).Append(Circuit.StreamOf(of.Connection), "circuit", expected, happened,
                new EventMetadata(clock.GetUtcNow(), "eventmesh", of.Connection, of.Delivery, of.TraceParent), null, stop).ConfigureAwait(false);
            circuit.Decided(new(happened.Aggregate(known.State, Circuit.Evolve), expected + happened.Length));
            foreach (var change in happened) Changed(of.Workspace, of.Connection, EventTypes.AliasOf(change.GetType()), change is CircuitEvent.ConnectionCircuitOpened opened ? opened.Until : null);
        }
        catch (VersionConflict)
        {
            // Another node was first; the index is about to say so.
            circuit.Decided(null);
        }
    }

    private LocalCircuit Of(Dispatch of) => local.GetOrAdd((of.Workspace, of.Connection), static _ => new());

    private KnownCircuit Known(Dispatch of, LocalCircuit? circuit)
    {
        var indexed = follower.Index.Find(of.Workspace)?.Circuits.GetValueOrDefault(of.Connection);
        return circuit?.Latest(indexed) ?? indexed ?? KnownCircuit.None;
    }

    private static string NameOf(Outcome outcome) =>
        outcome is Outcome.Failed failed ? System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(failed.Kind.ToString()) : "delivered";

    [LoggerMessage(EventName = "circuit.changed", Level = LogLevel.Information, Message = "circuit.changed {tenant_id} {connection} {type} {until}")]
    private partial void Changed(string tenant_id, string connection, string type, DateTimeOffset? until);

    [LoggerMessage(EventName = "circuit.probing", Level = LogLevel.Information, Message = "circuit.probing {tenant_id} {connection} {delivery_id}")]
    private partial void Probing(string tenant_id, string connection, string delivery_id);

    [LoggerMessage(EventName = "circuit.troubled", Level = LogLevel.Warning, Message = "circuit.troubled {tenant_id} {connection}: {reason}")]
    private partial void Troubled(string tenant_id, string connection, string reason);
}

using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;
using State = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Delivery.Ordering;

/// <summary>
/// Runs a line: takes it, attempts its head, and goes on with the next as long as each is delivered or discarded. A head that is to be tried again leaves
/// the line to its timer; a dead letter leaves it to somebody's decision. A run is bounded, so that a line that never ends holds no place for ever.
/// A crash at any point leaves a dispatch or a timer that finds the head where it was.
/// </summary>
public sealed partial class LineRun(Store store, IndexFollower follower, TimeProvider clock, ILogger log)
{
    /// <summary>Attempts of one run.</summary>
    public const int StepsMax = 64;

    /// <summary>After this a run begins no further attempt.</summary>
    public static readonly TimeSpan LastsFor = TimeSpan.FromSeconds(5);

    private readonly OrderLines lines = new(store);

    /// <param name="woken">What had the line run: it need not be its head.</param>
    /// <param name="loaded">The stream and payload of <paramref name="woken"/>.</param>
    /// <param name="holds">When to come back with an attempt that may not be made now; null when it may.</param>
    /// <param name="attempt">Makes an attempt.</param>
    /// <returns>When the line waits, empty or not, and whatever is to be done next has a timer or an owner.</returns>
    public async Task Make(Dispatch woken, Loaded loaded, Func<Dispatch, DateTimeOffset?> holds, Func<Dispatch, Loaded, Task<AttemptMade>> attempt, CancellationToken stop)
    {
        var hold = new Hold(lines, woken.Workspace, woken.Line!, clock);
        var steps = 0;
        try
        {
            var front = await hold.Take(stop).ConfigureAwait(false);
            while (front.Count > 0) front = await Walk(front).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // What was to happen next is not known; the dispatch is handed out again and should not have to wait for the end of the hold.
            await hold.LetGo(log).ConfigureAwait(false);
            throw;
        }

        // From the head on, one after another, as far as each is over. Answers with the front as it stands then; empty: the run has ended.
        async Task<IReadOnlyList<LineHead>> Walk(IReadOnlyList<LineHead> front)
        {
            var known = await Load(woken, loaded, front, stop).ConfigureAwait(false);
            foreach (var (head, current) in front.Zip(known))
            {
                var standing = Standing(current, out var state);
                if (standing is Place.Over)
                {
                    hold.Over.Add(head.Delivery);
                    continue;
                }
                // A timer is on time by the clock of who keeps it, whatever this node's says.
                var due = woken.Delivery == head.Delivery && woken.Version == current.Stream.Version;
                if (standing is Place.Stuck) return await hold.Release(null, stop).ConfigureAwait(false);
                if (state is State.Retrying { NextAttemptAt: var at } && at > clock.GetUtcNow() && !due) return await hold.Release(at, stop).ConfigureAwait(false);
                if (steps >= StepsMax || (steps > 0 && hold.Lasted >= LastsFor)) return await hold.HandOver(stop).ConfigureAwait(false);
                if (!hold.IsFresh) break;

                var dispatch = new Dispatch(
                    woken.Workspace, head.Delivery, head.Event, head.AcceptedAt, head.Connection, head.Rule, state.Attempts + 1, head.Position, head.TraceParent, current.Stream.Version, woken.Line);
                if (holds(dispatch) is { } comeBackAt) return await hold.Release(comeBackAt, stop).ConfigureAwait(false);
                steps++;
                var made = await attempt(dispatch, current).ConfigureAwait(false);
                if (made.After is State.Delivered or State.Discarded) hold.Over.Add(head.Delivery);
                else if (made.After is State.DeadLettered || made.After.Attempts > state.Attempts) return await hold.Release(null, stop).ConfigureAwait(false);
                // Overtaken: by a skip, or by a run that followed when this one fell silent for too long. Who holds the line now sees what became of the head.
                else break;
            }
            return await hold.Advance(stop).ConfigureAwait(false);
        }
    }

    private async Task<Loaded[]> Load(Dispatch woken, Loaded loaded, IReadOnlyList<LineHead> front, CancellationToken stop)
    {
        if (front.Count == 1 && front[0].Delivery == woken.Delivery && front[0].Version == loaded.Stream.Version) return [loaded];
        // A connection configured on another node before this work arose is known here before the work is done.
        await follower.WaitFor(front.Max(h => Position.Parse(h.Position)), stop).ConfigureAwait(false);
        return await store.LoadTogether(
            [.. front.Select(h => new Load(woken.Workspace, h.Delivery, h.Event, DateOnly.FromDateTime(h.AcceptedAt.UtcDateTime)))], stop).ConfigureAwait(false);
    }

    private enum Place { Due, Over, Stuck }

    private Place Standing(Loaded loaded, out State state)
    {
        (state, DeliveryEvent? last) = (State.Initial, null);
        foreach (var stored in loaded.Stream.Events) state = State.Evolve(state, last = (DeliveryEvent)store.Types.Read(stored));
        return state switch
        {
            State.Delivered or State.Discarded => Place.Over,
            // It was over, left its line, and somebody had it sent again outside of it.
            _ when last is { Of.Line: null } => Place.Over,
            State.DeadLettered => Place.Stuck,
            _ => Place.Due,
        };
    }
}

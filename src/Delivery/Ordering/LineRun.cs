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
        var hold = new Hold(lines, woken.Workspace, woken.Line!, Guid.NewGuid(), clock);
        try
        {
            var head = await hold.Take(stop).ConfigureAwait(false);
            for (var step = 1; head is not null; step++) head = await Step(head, step).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // What was to happen next is not known; the dispatch is handed out again and should not have to wait for the end of the hold.
            await hold.LetGo(log).ConfigureAwait(false);
            throw;
        }

        async Task<LineHead?> Step(LineHead head, int step)
        {
            var current = await Load(head).ConfigureAwait(false);
            var standing = Standing(current, out var state);
            // A timer is on time by the clock of who keeps it, whatever this node's says.
            var due = woken.Delivery == head.Delivery && woken.Version == current.Stream.Version;
            if (standing is Place.Over) return await hold.Advance(head, HandOver(step), stop).ConfigureAwait(false);
            if (standing is Place.Stuck) return await hold.Release(null, stop).ConfigureAwait(false);
            if (state is State.Retrying { NextAttemptAt: var at } && at > clock.GetUtcNow() && !due) return await hold.Release(at, stop).ConfigureAwait(false);
            if (!hold.IsFresh) return await hold.Take(stop).ConfigureAwait(false);

            var dispatch = new Dispatch(
                woken.Workspace, head.Delivery, head.Event, head.AcceptedAt, head.Connection, head.Rule, state.Attempts + 1, head.Position, head.TraceParent, current.Stream.Version, woken.Line);
            if (holds(dispatch) is { } comeBackAt) return await hold.Release(comeBackAt, stop).ConfigureAwait(false);
            var made = await attempt(dispatch, current).ConfigureAwait(false);
            return made.After switch
            {
                State.Delivered or State.Discarded => await hold.Advance(head, HandOver(step), stop).ConfigureAwait(false),
                State.DeadLettered => await hold.Release(null, stop).ConfigureAwait(false),
                State.Retrying retrying when retrying.Attempts > state.Attempts => await hold.Release(null, stop).ConfigureAwait(false),
                // Overtaken: by a skip, or by a run that followed when this one fell silent for too long. Who holds the line now sees what became of the head.
                _ => await hold.Take(stop).ConfigureAwait(false),
            };
        }

        async Task<Loaded> Load(LineHead head)
        {
            if (head.Delivery == woken.Delivery && head.Version == loaded.Stream.Version) return loaded;
            // A connection configured on another node before this work arose is known here before the work is done.
            await follower.WaitFor(Position.Parse(head.Position), stop).ConfigureAwait(false);
            return (await store.LoadTogether([new(woken.Workspace, head.Delivery, head.Event, DateOnly.FromDateTime(head.AcceptedAt.UtcDateTime))], stop).ConfigureAwait(false))[0];
        }

        bool HandOver(int step) => step >= StepsMax || hold.Lasted >= LastsFor;
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

    /// <summary>One run's hold on its line.</summary>
    private sealed partial class Hold(OrderLines lines, string workspace, string line, Guid owner, TimeProvider clock)
    {
        private readonly long began = clock.GetTimestamp();
        private long renewed;

        public TimeSpan Lasted => clock.GetElapsedTime(began);

        /// <summary>Whether an attempt that begins now ends within the hold.</summary>
        public bool IsFresh => clock.GetElapsedTime(renewed) < OrderLines.FreshFor;

        public Task<LineHead?> Take(CancellationToken stop)
        {
            renewed = clock.GetTimestamp();
            return lines.Take(workspace, line, owner, stop);
        }

        public Task<LineHead?> Advance(LineHead over, bool handOver, CancellationToken stop)
        {
            renewed = clock.GetTimestamp();
            return lines.Advance(workspace, line, owner, over.Delivery, handOver, stop);
        }

        /// <returns>No head: the run is over.</returns>
        public async Task<LineHead?> Release(DateTimeOffset? wakeAt, CancellationToken stop)
        {
            await lines.Release(workspace, line, owner, wakeAt, stop).ConfigureAwait(false);
            return null;
        }

        public async Task LetGo(ILogger log)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), clock);
            try
            {
                await lines.Release(workspace, line, owner, null, patience.Token).ConfigureAwait(false);
            }
            catch (Exception trouble)
            {
                NotLetGo(log, workspace, line, trouble.Message);
            }
        }

        [LoggerMessage(EventName = "line.not_let_go", Level = LogLevel.Information, Message = "line.not_let_go {tenant_id} {line}: {reason}")]
        private static partial void NotLetGo(ILogger log, string tenant_id, string line, string reason);
    }
}

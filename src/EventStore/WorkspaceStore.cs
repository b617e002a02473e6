using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Reading;

namespace EventMesh.EventStore;

/// <summary>
/// The streams of one workspace, and no way to any other's. What is read goes through a session that the database binds to the workspace;
/// what is appended carries it. The verbs that read are extension methods, one a file, in <see cref="Reading"/>.
/// </summary>
public sealed class WorkspaceStore
{
    private const int Attempts = 10;

    internal WorkspaceStore(Store store, string workspace)
    {
        Store = store;
        Workspace = workspace;
    }

    public string Workspace { get; }
    internal Store Store { get; }

    /// <summary>A session bound to this workspace, for queries of read models.</summary>
    public ValueTask<TenantSession> Session(CancellationToken stop) => TenantSession.Open(Store.Tenant, stop);

    /// <summary>
    /// Seals a value for this workspace and a name; what it answers says itself which data key opens it. For the column <c>sealed</c> of a table that <c>eventmesh.register_sealed</c> knows, so
    /// that key rotation finds it; store it through <see cref="StoreSealed"/>.
    /// </summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public ValueTask<byte[]> Seal(string name, ReadOnlyMemory<byte> plain, CancellationToken stop = default) => Store.Seals.SealValue(Workspace, name, plain, stop);

    /// <summary>Seals a value and has it stored; once more when its data key was closed in between.</summary>
    public Task<T> StoreSealed<T>(string name, ReadOnlyMemory<byte> plain, Func<byte[], Task<T>> store, CancellationToken stop = default) =>
        Store.Seals.Storing([Workspace], async () => await store(await Seal(name, plain, stop).ConfigureAwait(false)).ConfigureAwait(false));

    /// <summary>Opens what <see cref="Seal"/> answered for the same name.</summary>
    /// <exception cref="Sealing.SealBroken">It was changed, or sealed for another workspace or name.</exception>
    public ValueTask<byte[]> Unseal(string name, byte[] form, CancellationToken stop = default) => Store.Seals.OpenValue(Workspace, name, form, stop);

    /// <summary>Appends events to the end of a stream.</summary>
    /// <returns>The position of the last one.</returns>
    /// <exception cref="VersionConflict">The stream is not at <paramref name="expectedVersion"/>; with 0, it exists.</exception>
    /// <exception cref="StreamArchived">The stream takes no more events.</exception>
    /// <exception cref="EventRefused">An event is not JSON, or not such as the database can store; a name is empty or too long (see <see cref="Acceptable"/>).</exception>
    /// <exception cref="StoreUnavailable">The database did not answer; the events may or may not be stored.</exception>
    public async Task<Position> Append(
        string stream, string streamType, long expectedVersion, IReadOnlyList<object> events, EventMetadata metadata,
        IReadOnlyList<Payload>? payloads = null, CancellationToken stop = default)
    {
        var answer = (await AppendTogether([Prepare(stream, streamType, expectedVersion, events, metadata, payloads)], stop).ConfigureAwait(false))[0];
        if (answer.Stored) return answer.Position;
        throw answer.Archived ? new StreamArchived(Workspace, stream) : new VersionConflict(Workspace, stream, expectedVersion, answer.ActualVersion);
    }

    /// <summary>An append for <see cref="AppendTogether"/>. Events are registered types, or <see cref="NewEvent"/> as they are.</summary>
    public Append Prepare(
        string stream, string streamType, long expectedVersion, IReadOnlyList<object> events, EventMetadata metadata, IReadOnlyList<Payload>? payloads = null)
    {
        var written = new NewEvent[events.Count];
        for (var i = 0; i < written.Length; i++) written[i] = events[i] as NewEvent ?? Store.Types.Write(events[i]);
        return new Append(Workspace, stream, streamType, expectedVersion, written, metadata, payloads ?? []);
    }

    /// <summary>Writes all in one transaction: a crash leaves all of them or none. Each is answered for itself; one that lost does not undo the others.</summary>
    public Task<Appended[]> AppendTogether(IReadOnlyList<Append> appends, CancellationToken stop = default)
    {
        if (appends.Any(a => a.Workspace != Workspace)) throw new ArgumentException("An append belongs to another workspace.", nameof(appends));
        return Store.AppendTogether(appends, stop);
    }

    /// <summary>
    /// Reads a stream, decides on its state, appends what was decided. Loses a race and it reads and decides again.
    /// <paramref name="expectedVersion"/> instead refuses any state but the one the caller has seen.
    /// </summary>
    /// <returns>The state after the decision, its version and, when something was appended, where.</returns>
    /// <exception cref="VersionConflict">The stream is not at <paramref name="expectedVersion"/>, or races were lost ten times in a row.</exception>
    public async Task<Decided<TState, TEvent>> Decide<TState, TEvent>(
        string stream, string streamType, TState initial, Func<TState, TEvent, TState> evolve, Func<TState, IReadOnlyList<TEvent>> decide,
        EventMetadata metadata, long? expectedVersion = null, CancellationToken stop = default)
        where TEvent : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var read = await this.ReadStream(stream, stop).ConfigureAwait(false);
            if (expectedVersion is { } expected && expected != read.Version) throw new VersionConflict(Workspace, stream, expected, read.Version);
            var state = read.Events.Aggregate(initial, (s, e) => evolve(s, (TEvent)Store.Types.Read(e)));
            var happened = decide(state);
            if (happened.Count == 0) return new(state, read.Version, happened, null);
            try
            {
                var position = await Append(stream, streamType, read.Version, happened, metadata, null, stop).ConfigureAwait(false);
                return new(happened.Aggregate(state, evolve), read.Version + happened.Count, happened, position);
            }
            catch (VersionConflict) when (expectedVersion is null && attempt < Attempts)
            {
                // Somebody was faster: their events are part of the state now.
            }
        }
    }

    /// <summary>Folds a stream.</summary>
    public async Task<(TState State, long Version)> Fold<TState, TEvent>(
        string stream, TState initial, Func<TState, TEvent, TState> evolve, CancellationToken stop = default) where TEvent : class
    {
        var read = await this.ReadStream(stream, stop).ConfigureAwait(false);
        return (read.Events.Aggregate(initial, (s, e) => evolve(s, (TEvent)Store.Types.Read(e))), read.Version);
    }
}

/// <param name="Position">Where the last event was stored; null when nothing happened.</param>
public sealed record Decided<TState, TEvent>(TState State, long Version, IReadOnlyList<TEvent> Happened, Position? Position);

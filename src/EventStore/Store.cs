using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Migrations;
using EventMesh.EventStore.Purging;
using EventMesh.EventStore.Sealing;
using Npgsql;

namespace EventMesh.EventStore;

/// <param name="ConnectionString">Of a user that may create roles and, in this database, schemas: it migrates, then takes narrower roles.</param>
/// <param name="Lanes">
/// Transactions that append at the same time. One gathers the largest groups, which costs the least: on two cores that the platform shares with its database it is
/// faster than two at any number of callers. More pay where commits are slow and processors idle.
/// </param>
/// <param name="WaitingMax">Appends that may wait in a lane before callers wait to be taken.</param>
/// <param name="MasterKeys">Wrap the data keys that payloads and secrets are sealed with. Null: nothing is sealed, for tests and measurements of the store itself and for nothing else.</param>
/// <param name="ErasureKeys">Wrap data keys before the master keys do, so that backups of the database can be made unreadable; null: nothing does.</param>
/// <param name="DataKeyCreated">The event, of a registered type, that tells of a workspace's first data key: its number, the id of the master key, when. Null: none is stored.</param>
public sealed record StoreOptions(
    string ConnectionString, int Lanes = 1, int WaitingMax = 10_000, int TenantConnectionsMax = 32, int FeedConnectionsMax = 24,
    IMasterKeys? MasterKeys = null, ErasureKeys? ErasureKeys = null, Func<int, string, DateTimeOffset, object>? DataKeyCreated = null);

/// <summary>
/// The event store: streams in PostgreSQL, in Marten's table format, by workspace. It knows no aggregate.
/// Three pools, each under a role that may do one thing: read one workspace, append, follow the feed.
/// </summary>
public sealed class Store : IAsyncDisposable
{
    /// <summary>The stream that tells of a workspace's data keys.</summary>
    public const string DataKeyStream = "data-keys";

    private readonly GroupCommit appends;
    private readonly DataKeyWatch? watch;
    private readonly Lazy<FeedWatch> feedWatch;

    private Store(StoreOptions options, EventTypes types)
    {
        Types = types;
        Tenant = Database.Pool(options.ConnectionString, "eventmesh_tenant", options.TenantConnectionsMax);
        Feed = Database.Pool(options.ConnectionString, "eventmesh_feed", options.FeedConnectionsMax);
        Leases = Database.Unpooled(options.ConnectionString, "eventmesh_feed");
        Appender = Database.Appending(options.ConnectionString);
        appends = new GroupCommit(Appender, options.Lanes, options.WaitingMax, Arrivals.Signal);
        Seals = new(options.MasterKeys is null ? null : new UnwrappedKeys(new(Tenant), options.MasterKeys, options.ErasureKeys, (workspace, number, masterKey) => Tell(options.DataKeyCreated, workspace, number, masterKey)));
        if (Seals.Keys is { } keys) watch = new(Feed, keys);
        feedWatch = new(() => new(Feed, Arrivals));
    }

    /// <summary>The id of the master key that wraps data keys here; null when nothing is sealed.</summary>
    public string? MasterKey => Seals.Keys?.MasterKeys.Current;

    /// <summary>Looks again which master keys there are and which is current.</summary>
    /// <exception cref="MasterKeysRefused">What is there now cannot be used; the keys stay as they were.</exception>
    public Task ReloadMasterKeys(CancellationToken stop) => Seals.Keys?.MasterKeys.Reload(stop) ?? Task.CompletedTask;

    public EventTypes Types { get; }

    /// <summary>Signalled when this process has appended, and while anybody waits for what others append, then, too: see <see cref="Watched"/>.</summary>
    public Arrivals Arrivals { get; } = new();

    /// <summary>The same, signalled soon after other nodes have appended from now on.</summary>
    public Arrivals Watched()
    {
        _ = feedWatch.Value;
        return Arrivals;
    }

    /// <summary>Sessions of one workspace at a time; see <see cref="Reading.TenantSession"/>.</summary>
    internal NpgsqlDataSource Tenant { get; }

    /// <summary>Sessions that read every workspace and write only progress and projections.</summary>
    public NpgsqlDataSource Feed { get; }

    /// <summary>Sessions that hold leases.</summary>
    internal NpgsqlDataSource Leases { get; }

    private NpgsqlDataSource Appender { get; }

    internal Seals Seals { get; }

    /// <summary>Brings the database up to date, under a lock that other nodes wait for, and opens it.</summary>
    /// <param name="furtherMigrations">Of the read models that live in the same database.</param>
    public static async Task<Store> Open(
        StoreOptions options, EventTypes types, IReadOnlyList<Migration>? furtherMigrations = null, CancellationToken stop = default)
    {
        await Migrator.Apply(options.ConnectionString, [.. Migration.In(typeof(Store).Assembly, "event-store"), .. furtherMigrations ?? []], stop).ConfigureAwait(false);
        await PayloadPartitions.Ensure(options.ConnectionString, stop).ConfigureAwait(false);
        await PurgerAdmission.Ensure(options.ConnectionString, stop).ConfigureAwait(false);
        var store = new Store(options, types);
        try
        {
            if (store.Seals.Keys is { } keys) await MasterKeyCheck.Run(store, keys, stop).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The streams of <paramref name="workspace"/>.</summary>
    public WorkspaceStore For(string workspace) => new(this, workspace);

    /// <summary>
    /// Writes appends of several workspaces in one transaction, each answered for itself: for the platform's own feed runners.
    /// </summary>
    public Task<Appended[]> AppendTogether(IReadOnlyList<Append> appends, CancellationToken stop = default) =>
        appends.Count == 0 ? Task.FromResult<Appended[]>([])
        : appends.All(a => a.Payloads.Count == 0) ? this.appends.Add(appends, stop)
        : Seals.Storing(appends.Select(a => a.Workspace), async () => await this.appends.Add(await Seals.Seal(appends, stop).ConfigureAwait(false), stop).ConfigureAwait(false));

    /// <summary>Has this process forget what it knows of a workspace's keys; what it holds unwrapped is gone with the last use under way.</summary>
    public void ForgetKeys(string workspace) => Seals.Keys?.Forget(workspace);

    /// <summary>Told before the key is stored: a crash in between leaves the telling, which the next attempt finds, and not a key that nobody heard of.</summary>
    private async Task Tell(Func<int, string, DateTimeOffset, object>? created, string workspace, int number, string masterKey)
    {
        if (created is null) return;
        var at = TimeProvider.System.GetUtcNow();
        try
        {
            await For(workspace).Append(DataKeyStream, DataKeyStream, 0, [created(number, masterKey, new(at.Ticks / 10 * 10, TimeSpan.Zero))], new(at, "eventmesh")).ConfigureAwait(false);
        }
        catch (VersionConflict)
        {
            // Told by another node, or before a crash.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (watch is not null) await watch.DisposeAsync().ConfigureAwait(false);
        if (feedWatch.IsValueCreated) await feedWatch.Value.DisposeAsync().ConfigureAwait(false);
        await appends.DisposeAsync().ConfigureAwait(false);
        await Appender.DisposeAsync().ConfigureAwait(false);
        await Tenant.DisposeAsync().ConfigureAwait(false);
        await Leases.DisposeAsync().ConfigureAwait(false);
        await Feed.DisposeAsync().ConfigureAwait(false);
    }
}

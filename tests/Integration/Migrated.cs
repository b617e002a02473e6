using EventMesh.Delivery;
using EventMesh.EventStore;
using EventMesh.EventStore.Migrations;
using EventMesh.Projections.Index;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Integration;

/// <summary>
/// Databases of the shared server that hold the schema already: copies of one that was migrated once. A store that opens one finds nothing to do, and no transaction of a hundred
/// statements holds the feeds of the other tests' databases back.
/// </summary>
internal static class Migrated
{
    public static IReadOnlyList<Migration> Projections { get; } = Migration.In(typeof(IndexFollower).Assembly, "projections");

    /// <summary>Of the projections, too.</summary>
    public static IReadOnlyList<Migration> Delivery { get; } = [.. Projections, .. Migration.In(typeof(FanOut).Assembly, "delivery")];

    /// <summary>A database with the event store and, of what lives beside it, <paramref name="further"/>.</summary>
    /// <returns>The connection string of the superuser in it.</returns>
    public static async Task<string> Database(string name, IReadOnlyList<Migration>? further = null) =>
        await (await PostgresServer.Shared).CreateDatabase(name, string.Join('_', (further ?? []).Select(m => m.Component).Distinct().Prepend("migrated")),
            async empty => await (await Store.Open(new StoreOptions(empty), EventTypes.Of(), further)).DisposeAsync());
}

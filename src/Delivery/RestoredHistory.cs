using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Messaging;

namespace EventMesh.Delivery;

/// <summary>
/// Tells dispatches of this history from those of a part that a restore has cut off: a broker still has what was put after the moment that the database went back to. A dispatch names the position
/// of what made it due, and no position is given twice, so one at which nothing stands points at what never happened here. Nothing may be written of such a delivery: an outcome of one that was
/// never born would stand in the way when its event is published again and it is born.
/// </summary>
internal sealed class RestoredHistory(Store store)
{
    private const string NewestSql = "select r.cut_until from eventmesh.restores r order by r.cut_until desc limit 1";

    private const long Unread = -1;

    // A database is restored while no node runs on it.
    private long cutUntil = Unread;

    /// <summary>Whether what made the dispatch due has happened here. Only what was put before the newest restore is looked after.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async ValueTask<bool> Knows(Dispatch dispatch, CancellationToken stop)
    {
        if (Volatile.Read(ref cutUntil) == Unread) Volatile.Write(ref cutUntil, await Newest(stop).ConfigureAwait(false));
        var position = Position.Parse(dispatch.Position);
        return (long)position.Transaction >= Volatile.Read(ref cutUntil) || position == Position.Start || await store.For(dispatch.Workspace).FindAt(position, stop).ConfigureAwait(false) is not null;
    }

    private async Task<long> Newest(CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(NewestSql);
        return (await FeedTable.Read(command, row => (long)row.GetFieldValue<ulong>(0), stop).ConfigureAwait(false)).SingleOrDefault();
    }
}

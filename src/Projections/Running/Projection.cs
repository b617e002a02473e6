using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Projections.Running;

/// <summary>How a read model comes out of the feed: which events it takes, and what it makes of them.</summary>
/// <param name="Name">Its name, which is also that of its table in the schema <c>eventmesh</c> and, after <c>projection:</c>, of its feed.</param>
/// <param name="EventTypes">Stored names of the events it takes in; of all others it sees nothing. Null: every event there is.</param>
/// <param name="Begin">Makes an empty fold.</param>
public sealed record Projection(string Name, IReadOnlyList<string>? EventTypes, Func<ProjectionFold> Begin)
{
    /// <summary>How long events may gather before they are taken in: a transaction of many costs little more than one of one.</summary>
    public TimeSpan Apart { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether its fold looks at positions and workspaces alone: then nothing else of an event is read, and its data is <c>{}</c>.</summary>
    public bool PositionsOnly { get; init; }

    public string Table => "eventmesh." + Name;
    public string Feed => "projection:" + Name;
}

/// <summary>
/// The rows of a read model that some events touch, in memory: many events of one row become one write. It knows nothing of the rows stored before;
/// what it writes says how each row changes.
/// </summary>
public abstract class ProjectionFold
{
    /// <summary>How many rows are held.</summary>
    public abstract int Rows { get; }

    /// <summary>Forgets all rows.</summary>
    public abstract void Clear();

    /// <summary>Takes in one event. Events come in the order of the feed.</summary>
    /// <param name="data">JSON, UTF-8.</param>
    /// <exception cref="Exception">Any: the event cannot be folded, and no row was changed by it.</exception>
    public abstract void Take(Position position, string workspace, string stream, string type, ReadOnlySpan<byte> data);

    /// <summary>What is the matter with an event that cannot be taken in; null when it was.</summary>
    internal BrokenEvent? TryTake(Projection projection, Position position, string workspace, string stream, string type, ReadOnlySpan<byte> data)
    {
        try
        {
            Take(position, workspace, stream, type, data);
            return null;
        }
        catch (Exception reason)
        {
            return new(projection.Name, position, workspace, stream, type, reason);
        }
    }

    /// <summary>
    /// The statements that bring <paramref name="table"/> up to what was taken in, each for at most <paramref name="rowsMax"/> rows. A row that has taken in
    /// a later event already stays as it is.
    /// </summary>
    /// <param name="generation">Of the rows to write; null for those that are being read.</param>
    public abstract IEnumerable<NpgsqlBatchCommand> Upsert(string table, int? generation, int rowsMax);

    /// <summary>
    /// Copies the rows whose birth was taken in to a table that has none of them yet, in transactions of at most <paramref name="rowsMax"/> rows, and forgets them.
    /// What remains are changes to rows copied before.
    /// </summary>
    public abstract Task Copy(NpgsqlConnection connection, string table, int rowsMax, CancellationToken stop);
}

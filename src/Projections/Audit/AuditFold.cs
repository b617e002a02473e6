using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;

namespace EventMesh.Projections.Audit;

/// <summary>
/// Gathers which events there are; the database makes their rows of the events themselves, so nothing of an event but its number goes back to it. It cannot meet an
/// event that it does not understand: an audit that stopped at one would not be one.
/// </summary>
internal sealed class AuditFold : ProjectionFold
{
    private readonly List<Position> events = [];
    private string? workspace;
    private bool several;

    public override int Rows => events.Count;

    public override void Clear()
    {
        events.Clear();
        (workspace, several) = (null, false);
    }

    public override void Take(Position position, string workspace, string stream, string type, ReadOnlySpan<byte> data)
    {
        several |= events.Count > 0 && workspace != this.workspace;
        this.workspace = workspace;
        events.Add(position);
    }

    // Nothing is passed over: between the first and the last taken in, of all workspaces or of one, lie those taken in and no others.
    public override IEnumerable<NpgsqlBatchCommand> Upsert(string table, int? generation, int rowsMax) =>
        events.Chunk(rowsMax).Select(some => InsertAudit.Command(table, some, several ? null : workspace, generation));

    public override async Task Copy(NpgsqlConnection connection, string table, int rowsMax, CancellationToken stop)
    {
        foreach (var some in events.Chunk(rowsMax))
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { InsertAudit.Command(table, some, several ? null : workspace, 0) } };
            await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        }
        Clear();
    }
}

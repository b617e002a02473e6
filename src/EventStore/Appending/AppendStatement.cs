using System.Data;
using Npgsql;

namespace EventMesh.EventStore.Appending;

/// <summary>
/// What writes events: <c>eventmesh.append_kept</c> over all appends of a transaction, as arrays, or <see cref="AppendOne"/> for one that is alone; prepared on a connection of its own that
/// stays open. A connection that was lost is opened again.
/// </summary>
internal sealed class AppendStatement(NpgsqlDataSource database) : IAsyncDisposable
{
    private const string Sql = """
        select xid, sequences, lost, actual, taken_by, taken_xid, taken_sequence from eventmesh.append_kept(
          $1, $2, $3, $4, $5, $6,  $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,  $20, $21, $22, $23, $24, $25, $26, $27,  $28, $29)
        """;

    private NpgsqlConnection? connection;

    /// <summary>Writes the groups in one transaction. When it returns, the transaction has committed and every group's answers are filled in.</summary>
    public async Task Run(List<AppendGroup> groups)
    {
        if (connection is not { FullState: ConnectionState.Open }) await Open().ConfigureAwait(false);
        try
        {
            if (groups is not [{ Appends: [{ Events.Count: 1, Payloads.Count: <= 1 }] } alone] || !await AppendOne.Run(connection!, alone).ConfigureAwait(false))
                await RunTogether(groups).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not PostgresException refusal || Database.IsDown(refusal))
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task RunTogether(List<AppendGroup> groups)
    {
        var rows = Rows(groups, out var events, out var payloads);
        var places = InOrderOfLocks(rows);
        await using var command = new NpgsqlCommand(Sql, connection);
        AppendArrays.Bind(command.Parameters, Array.ConvertAll(rows, r => r.Append), places, events, payloads);
        await command.PrepareAsync().ConfigureAwait(false);
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await reader.ReadAsync().ConfigureAwait(false);
        Read(reader, rows, places);
        // The row is sent before the commit. Only the end of the results, which follows it, says that the transaction is safe.
        await reader.NextResultAsync().ConfigureAwait(false);
    }

    private async Task Open()
    {
        await DisposeAsync().ConfigureAwait(false);
        connection = await database.OpenConnectionAsync().ConfigureAwait(false);
    }

    private readonly record struct Row(Append Append, AppendGroup Group, int Place);

    private static Row[] Rows(List<AppendGroup> groups, out int events, out int payloads)
    {
        var count = events = payloads = 0;
        foreach (var group in groups)
        {
            count += group.Appends.Count;
            events += group.EventsCount;
            payloads += group.PayloadsCount;
        }
        var rows = new Row[count];
        var next = 0;
        foreach (var group in groups)
            for (var i = 0; i < group.Appends.Count; i++) rows[next++] = new(group.Appends[i], group, i);
        return rows;
    }

    /// <summary>For each row, where its stream stands: every node takes streams in one order, so that two nodes do not wait for each other crosswise.</summary>
    private static int[] InOrderOfLocks(Row[] rows)
    {
        var sorted = new int[rows.Length];
        for (var i = 0; i < sorted.Length; i++) sorted[i] = i;
        Array.Sort(sorted, (left, right) => string.CompareOrdinal(rows[left].Append.Workspace, rows[right].Append.Workspace) is var byWorkspace and not 0
            ? byWorkspace : string.CompareOrdinal(rows[left].Append.Stream, rows[right].Append.Stream));
        var places = new int[rows.Length];
        for (var i = 0; i < sorted.Length; i++) places[sorted[i]] = i;
        return places;
    }

    private static void Read(NpgsqlDataReader reader, Row[] rows, int[] places)
    {
        var transaction = reader.GetFieldValue<ulong>(0);
        var sequences = reader.GetFieldValue<long[]>(1);
        var lost = reader.GetFieldValue<int[]>(2);
        var order = new int[lost.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(lost, order);
        var next = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var (append, group, place) = rows[i];
            if (lost.Length > 0 && Array.BinarySearch(lost, places[i] + 1) is var l and >= 0)
            {
                group.Answers[place] = Lost(reader, append, order[l]);
                continue;
            }
            next += append.Events.Count;
            group.Answers[place] = new(true, new Position(transaction, sequences[next - 1]), append.ExpectedVersion + append.Events.Count);
        }
    }

    private static Appended Lost(NpgsqlDataReader reader, Append append, int index)
    {
        // Written by ourselves, in a transaction whose answer was lost with its connection: then this is the answer.
        if (reader.GetFieldValue<Guid?[]>(4)[index] is { } takenBy && takenBy == append.Events[0].Id)
            return new(true, new Position(reader.GetFieldValue<ulong?[]>(5)[index]!.Value, reader.GetFieldValue<long?[]>(6)[index]!.Value), append.ExpectedVersion + append.Events.Count);
        return new(false, default, reader.GetFieldValue<long[]>(3)[index]);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not { } open) return;
        connection = null;
        await open.DisposeAsync().ConfigureAwait(false);
    }
}

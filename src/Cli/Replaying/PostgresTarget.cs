using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Cli.Replaying;

/// <summary>
/// A table in a database of the user's own, and beside it one row that says how far it has come. Both change in one transaction, so the table holds
/// every event once, whenever this process or the database dies.
/// </summary>
internal sealed class PostgresTarget(string connectionString, TargetTable table) : IReplayTarget
{
    private NpgsqlConnection? connection;

    public Task<Standing> Open(string workspace, string filter, CancellationToken cancel) => Ask(async () =>
    {
        await Close();
        connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        if (await Scalar(table.MissingSql, cancel) is true) await Run(table.CreateSql, cancel);
        await Run(table.BeginSql, cancel, workspace, filter);
        await using var command = Command(table.ReadSql);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        if (row.GetString(0) != workspace)
            throw new Failure(ExitCode.Refused, $"{table.Name} holds the events of workspace {row.GetString(0)}, not of {workspace}", "Name another table with --table, or that workspace with -w.");
        if (row.GetString(1) != filter)
            throw new Failure(ExitCode.Refused, $"{table.Name} was filled with another filter ({(row.GetString(1) is { Length: > 0 } other ? Uri.UnescapeDataString(other) : "none")})", "Give the same filter again, or another table with --table.");
        return new Standing(Text(row, 2), row.IsDBNull(3) ? null : row.GetGuid(3).ToString(), row.GetInt64(4));
    });

    public Task Write(IReadOnlyList<JsonElement> events, Standing before, Standing after, CancellationToken cancel) => Ask(async () =>
    {
        await using var transaction = await connection!.BeginTransactionAsync(cancel);
        // Waits for another replay into the same table, which then has moved it.
        await using (var command = Command(table.LockSql))
            if ((await command.ExecuteScalarAsync(cancel) as string ?? "") != (before.Position ?? ""))
                throw new Failure(ExitCode.Refused, $"another replay writes into {table.Name}", "End one of the two.");
        if (events.Count > 0) await Copy(events, cancel);
        await Run(table.MoveSql, cancel, after.Position, after.EventId is { } id ? Guid.Parse(id) : null, after.Events);
        await transaction.CommitAsync(cancel);
        return true;
    });

    public Task<Standing> TakeBack(Func<string, string, Task<bool>> known, CancellationToken cancel) => Ask(async () =>
    {
        // The server has all up to some event and none behind it: halving the rows finds it.
        var (low, high) = (0L, Convert.ToInt64(await Scalar(table.CountSql, cancel), System.Globalization.CultureInfo.InvariantCulture));
        while (low < high)
        {
            var middle = (low + high) / 2;
            var (position, id) = await At(middle, cancel);
            if (await known(position!, id!)) low = middle + 1;
            else high = middle;
        }
        var last = low == 0 ? (Position: null, Id: (string?)null) : await At(low - 1, cancel);
        await using var transaction = await connection!.BeginTransactionAsync(cancel);
        await Run(table.DeleteSql, cancel, last.Position ?? "");
        await Run(table.MoveSql, cancel, last.Position, last.Id is null ? null : Guid.Parse(last.Id), low);
        await transaction.CommitAsync(cancel);
        return new Standing(last.Position, last.Id, low);
    });

    private async Task Copy(IReadOnlyList<JsonElement> events, CancellationToken cancel)
    {
        await using var rows = await connection!.BeginBinaryImportAsync(table.CopySql, cancel);
        foreach (var stored in events)
        {
            await rows.StartRowAsync(cancel);
            foreach (var column in TargetTable.Columns) await Value(rows, column, stored, cancel);
        }
        await rows.CompleteAsync(cancel);
    }

    private static async Task Value(NpgsqlBinaryImporter rows, TargetTable.Column column, JsonElement stored, CancellationToken cancel)
    {
        if (!stored.TryGetProperty(column.Name, out var value) || (value.ValueKind == JsonValueKind.Null && column.Name != "payload_expired")) await rows.WriteNullAsync(cancel);
        else
            await (column.Kind switch
            {
                NpgsqlDbType.Uuid => rows.WriteAsync(value.GetGuid(), column.Kind, cancel),
                NpgsqlDbType.Bigint => rows.WriteAsync(value.GetInt64(), column.Kind, cancel),
                NpgsqlDbType.Boolean => rows.WriteAsync(value.GetBoolean(), column.Kind, cancel),
                NpgsqlDbType.TimestampTz => rows.WriteAsync(value.GetDateTimeOffset().UtcDateTime, column.Kind, cancel),
                NpgsqlDbType.Jsonb or NpgsqlDbType.Json => rows.WriteAsync(value.GetRawText(), column.Kind, cancel),
                _ => rows.WriteAsync(value.GetString()!, column.Kind, cancel),
            });
    }

    private async Task<(string? Position, string? Id)> At(long row, CancellationToken cancel)
    {
        await using var command = Command(table.AtSql, row);
        await using var found = await command.ExecuteReaderAsync(cancel);
        await found.ReadAsync(cancel);
        return (found.GetString(0), found.GetGuid(1).ToString());
    }

    private async Task Run(string sql, CancellationToken cancel, params object?[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<object?> Scalar(string sql, CancellationToken cancel)
    {
        await using var command = Command(sql);
        return await command.ExecuteScalarAsync(cancel);
    }

    private NpgsqlCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        return command;
    }

    private static string? Text(NpgsqlDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetString(ordinal);

    private async Task<T> Ask<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (PostgresException refusal) when (!refusal.IsTransient && !refusal.SqlState.StartsWith("57P", StringComparison.Ordinal))
        {
            throw new Failure(ExitCode.Refused, $"the target database refused: {Readable.Line(refusal.MessageText)} ({refusal.SqlState})", "Check --to, and that its user may create and write the table.");
        }
        catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new Failure(ExitCode.Unreachable, $"the target database does not answer: {Readable.Line((lost.InnerException ?? lost).Message)}", "Check --to; once it answers, run the same again: it goes on where the table ends.");
        }
    }

    private async Task Close()
    {
        if (connection is null) return;
        await connection.DisposeAsync();
        connection = null;
    }

    public async ValueTask DisposeAsync() => await Close();
}

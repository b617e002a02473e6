using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Appending;

/// <summary>The append that is alone in its transaction: <c>eventmesh.append_one_kept</c>, without the arrays of <see cref="AppendArrays"/>.</summary>
internal static class AppendOne
{
    private const string Sql = "select xid, sequence from eventmesh.append_one_kept($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

    /// <summary>Writes a group of one append, of one event and at most one payload.</summary>
    /// <returns>False when it lost, and nothing was written.</returns>
    public static async Task<bool> Run(NpgsqlConnection connection, AppendGroup alone)
    {
        var append = alone.Appends[0];
        await using var command = new NpgsqlCommand(Sql, connection);
        Bind(command.Parameters, append, append.Events[0], append.Payloads.Count == 0 ? null : append.Payloads[0]);
        await command.PrepareAsync().ConfigureAwait(false);
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await reader.ReadAsync().ConfigureAwait(false);
        var stored = !reader.IsDBNull(0);
        if (stored) alone.Answers[0] = new(true, new Position(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)), append.ExpectedVersion + 1);
        // The row is sent before the commit. Only the end of the results, which follows it, says that the transaction is safe.
        await reader.NextResultAsync().ConfigureAwait(false);
        return stored;
    }

    private static void Bind(NpgsqlParameterCollection parameters, Append append, NewEvent added, Payload? payload)
    {
        var metadata = append.Metadata;
        Text(append.Workspace); Text(append.Stream); Text(append.StreamType);
        parameters.Add(new NpgsqlParameter<long> { TypedValue = append.ExpectedVersion });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = added.Id });
        parameters.Add(new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Jsonb, TypedValue = added.Data });
        Text(added.Type); Text(added.DotnetName);
        parameters.Add(new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = metadata.At.UtcDateTime });
        Text(metadata.CorrelationId); Text(metadata.CausationId);
        Add(NpgsqlDbType.Jsonb, AppendArrays.Headers(metadata));
        Text(metadata.Actor); Text(payload?.Id);
        Add(NpgsqlDbType.Date, payload?.Day);
        Text(payload?.ContentType);
        Add(NpgsqlDbType.Bytea, payload?.Body);
        Add(NpgsqlDbType.Integer, payload?.Key);
        Add(NpgsqlDbType.Smallint, (short?)payload?.RetentionDays);

        void Text(string? value) => Add(NpgsqlDbType.Varchar, value);
        void Add(NpgsqlDbType type, object? value) => parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
    }
}

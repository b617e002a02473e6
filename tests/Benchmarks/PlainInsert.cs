using System.Globalization;
using System.Text;
using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Tests.Benchmarks;

/// <summary>
/// The floor of appending: the same rows by the plainest multi-row INSERT, prepared, into tables with the same columns, keys and indexes but without
/// triggers, versions to check or anybody to answer. One connection, one statement after another.
/// </summary>
internal sealed class PlainInsert : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlBatch batch;
    private readonly int rows;
    private readonly bool advance;
    private long statements;

    private PlainInsert(NpgsqlConnection connection, int rows, bool advance)
    {
        (this.connection, this.rows, this.advance) = (connection, rows, advance);
        batch = new(connection) { BatchCommands = { new(advance ? UpdateSql(rows) : StreamsSql(rows)), new(EventsSql(rows)) } };
    }

    /// <param name="rows">Of each table, in a statement.</param>
    /// <param name="advance">Whether the streams exist and their versions move, or they begin.</param>
    public static async Task<PlainInsert> Open(string database, int rows, bool advance = false)
    {
        var connection = await Ground.Connect(database);
        await Ground.Run(connection, """
            drop table if exists plain_streams, plain_events;
            create table plain_streams (like public.mt_streams including all);
            create table plain_events (like public.mt_events including all);
            """);
        if (advance)
            await Ground.Run(connection, $"insert into plain_streams (tenant_id, id, type, version, timestamp, created) select 'acme', 's' || n, 'thing', 0, now(), now() from generate_series(0, {rows - 1}) n");
        return new(connection, rows, advance);
    }

    /// <summary>How many rows a second it writes.</summary>
    public Task<double> PerSecond(TimeSpan length) => PerSecond(length, rows);

    private async Task<double> PerSecond(TimeSpan length, int each) => each * await Rounds.PerSecond(1, length, async (_, _) =>
    {
        var now = DateTime.UtcNow;
        var n = statements++;
        Bind(batch.BatchCommands[0].Parameters, row => advance
            ? [("acme", NpgsqlDbType.Varchar), ($"s{row}", NpgsqlDbType.Varchar), (n + 1, NpgsqlDbType.Bigint), (now, NpgsqlDbType.TimestampTz)]
            : [("acme", NpgsqlDbType.Varchar), (StreamOf(row), NpgsqlDbType.Varchar), ("thing", NpgsqlDbType.Varchar), (1L, NpgsqlDbType.Bigint), (now, NpgsqlDbType.TimestampTz), (now, NpgsqlDbType.TimestampTz)]);
        Bind(batch.BatchCommands[1].Parameters, row =>
            [(Guid.CreateVersion7(), NpgsqlDbType.Uuid), (advance ? $"s{row}" : StreamOf(row), NpgsqlDbType.Varchar), (advance ? n + 1 : 1L, NpgsqlDbType.Bigint), (Sample.Data, NpgsqlDbType.Jsonb),
                (Sample.Type, NpgsqlDbType.Varchar), (now, NpgsqlDbType.TimestampTz), ("acme", NpgsqlDbType.Varchar), (Sample.DotnetName, NpgsqlDbType.Varchar), ("key_1", NpgsqlDbType.Varchar)]);
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();

        string StreamOf(int row) => string.Create(CultureInfo.InvariantCulture, $"evt_{n:x12}{row:x12}");
    });

    private void Bind(NpgsqlParameterCollection parameters, Func<int, (object, NpgsqlDbType)[]> values)
    {
        parameters.Clear();
        for (var row = 0; row < rows; row++)
            foreach (var (value, type) in values(row)) parameters.Add(new() { Value = value, NpgsqlDbType = type });
    }

    private static string StreamsSql(int rows) => "insert into plain_streams (tenant_id, id, type, version, timestamp, created) values " + Values(rows, 6);

    private static string EventsSql(int rows) =>
        "insert into plain_events (id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, user_name) values " + Values(rows, 9);

    private static string UpdateSql(int rows) =>
        $"update plain_streams p set version = v.version, timestamp = v.at from (values {Values(rows, 4, ["varchar", "varchar", "bigint", "timestamptz"])}) v(tenant, id, version, at) where p.tenant_id = v.tenant and p.id = v.id";

    private static string Values(int rows, int columns, string[]? types = null)
    {
        var sql = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < columns; column++)
                sql.Append(column == 0 ? "$" : ", $").Append(row * columns + column + 1).Append(types is null ? "" : "::" + types[column]);
            sql.Append(')');
        }
        return sql.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await batch.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>An event as a published one is stored.</summary>
internal static class Sample
{
    public const string Type = "event_published";
    public const string DotnetName = "EventMesh.Domain.Publishing.PublishedEventEvent+EventPublished, EventMesh.Domain";

    public static readonly byte[] Data = """
        {"id":"order-4711","source":"shop","type":"order.created","subject":"orders/4711","time":"2026-11-21T08:30:00Z","size":312,"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","at":"2026-11-21T08:30:00Z"}
        """u8.ToArray();

    public static NewEvent Event() => new(Type, DotnetName, Data);

    public static EventMetadata Now() => new(DateTimeOffset.UtcNow, "key_1");
}

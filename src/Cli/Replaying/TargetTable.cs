using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Cli.Replaying;

/// <summary>The table that a replay fills, and the statements on it. Its columns are documented in docs/data-teams.md.</summary>
internal sealed class TargetTable
{
    internal readonly record struct Column(string Name, NpgsqlDbType Kind, string Sql);

    public static readonly IReadOnlyList<Column> Columns =
    [
        // Compared as bytes, positions sort as the feed does.
        new("position", NpgsqlDbType.Text, "text collate \"C\" primary key"), new("id", NpgsqlDbType.Uuid, "uuid not null"), new("workspace", NpgsqlDbType.Text, "text not null"),
        new("stream", NpgsqlDbType.Text, "text not null"), new("version", NpgsqlDbType.Bigint, "bigint not null"), new("type", NpgsqlDbType.Text, "text not null"),
        new("at", NpgsqlDbType.TimestampTz, "timestamptz not null"), new("data", NpgsqlDbType.Jsonb, "jsonb not null"),
        new("correlation_id", NpgsqlDbType.Text, "text"), new("causation_id", NpgsqlDbType.Text, "text"), new("actor", NpgsqlDbType.Text, "text"), new("elevation", NpgsqlDbType.Text, "text"),
        new("dotnet_type", NpgsqlDbType.Text, "text"), new("headers", NpgsqlDbType.Jsonb, "jsonb"),
        // json keeps what publishers may send and jsonb refuses: an escaped NUL.
        new("payload", NpgsqlDbType.Json, "json"), new("payload_expired", NpgsqlDbType.Boolean, "boolean"),
    ];

    private const int NameCharsMax = 50;

    private TargetTable(string name, string? schema, string quoted, string progress)
    {
        Name = name;
        // Asked first: whoever may create nothing is refused a `create … if not exists` of what exists too.
        MissingSql = $"select to_regclass('{quoted}') is null or to_regclass('{progress}') is null";
        CreateSql = $"""
            {(schema is null ? "" : $"do $$ begin if to_regnamespace('{schema}') is null then create schema {schema}; end if; end $$;")}
            create table if not exists {quoted} ({string.Join(", ", Columns.Select(c => $"{c.Name} {c.Sql}"))});
            create table if not exists {progress} (
              one boolean primary key default true check (one), workspace text not null, filter text not null, position text collate "C", event_id uuid, events bigint not null default 0, updated_at timestamptz not null default now())
            """;
        BeginSql = $"insert into {progress} (workspace, filter) values ($1, $2) on conflict do nothing";
        ReadSql = $"select workspace, filter, position, event_id, events from {progress}";
        LockSql = $"select position from {progress} for update";
        MoveSql = $"update {progress} set position = $1::text, event_id = $2::uuid, events = $3, updated_at = now()";
        CopySql = $"copy {quoted} ({string.Join(", ", Columns.Select(c => c.Name))}) from stdin (format binary)";
        CountSql = $"select count(*) from {quoted}";
        AtSql = $"select position, id from {quoted} order by position offset $1 limit 1";
        DeleteSql = $"delete from {quoted} where position > $1";
    }

    public string Name { get; }
    public string MissingSql { get; }
    public string CreateSql { get; }
    public string BeginSql { get; }
    public string ReadSql { get; }
    public string LockSql { get; }
    public string MoveSql { get; }
    public string CopySql { get; }
    public string CountSql { get; }
    public string AtSql { get; }
    public string DeleteSql { get; }

    /// <param name="name">A table's name, or <c>schema.table</c>.</param>
    /// <exception cref="Failure">It is no such name.</exception>
    public static TargetTable Named(string name)
    {
        var parts = name.Split('.');
        if (parts.Length > 2 || parts.Any(p => p.Length is 0 or > NameCharsMax || !p.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')))
            throw Failure.Usage($"`{Readable.Line(name)}` is not the name of a table", $"Give --table NAME or SCHEMA.NAME of letters, digits and _, at most {NameCharsMax} characters each.");
        var schema = parts.Length == 2 ? $"\"{parts[0]}\"" : null;
        var before = schema is null ? "" : schema + ".";
        return new(name, schema, $"{before}\"{parts[^1]}\"", $"{before}\"{parts[^1]}_progress\"");
    }

    /// <summary>What Npgsql understands of an address as PostgreSQL's own tools have it; <c>Host=…;Database=…</c> as it is.</summary>
    /// <exception cref="Failure">It is no address of a database.</exception>
    public static string ConnectionString(string to)
    {
        try
        {
            if (!to.Contains("://", StringComparison.Ordinal)) return With(new NpgsqlConnectionStringBuilder(to));
            var uri = new Uri(to);
            var user = uri.UserInfo.Split(':', 2);
            var built = new NpgsqlConnectionStringBuilder { Host = uri.Host, Port = uri.Port < 0 ? 5432 : uri.Port, Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) };
            if (user[0].Length > 0) built.Username = Uri.UnescapeDataString(user[0]);
            if (user.Length > 1) built.Password = Uri.UnescapeDataString(user[1]);
            foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('=', 2)))
                built[option[0] == "sslmode" ? "SSL Mode" : option[0]] = Uri.UnescapeDataString(option.ElementAtOrDefault(1) ?? "").Replace("-", "", StringComparison.Ordinal);
            return With(built);
        }
        catch (Exception wrong) when (wrong is ArgumentException or UriFormatException or FormatException)
        {
            throw Failure.Usage($"--to is not the address of a database: {Readable.Line(wrong.Message)}", "Give one such as postgres://user@host:5432/database; the password may stand in PGPASSWORD.");
        }
    }

    private static string With(NpgsqlConnectionStringBuilder built)
    {
        (built.Pooling, built.KeepAlive, built.ApplicationName) = (false, 10, "eventmesh replay");
        return built.ConnectionString;
    }
}

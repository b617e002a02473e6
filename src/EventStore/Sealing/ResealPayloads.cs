using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Sealing;

/// <summary>Behind which payload of a workspace the next batch begins.</summary>
internal readonly record struct PayloadCursor(string? Id, DateOnly? Day);

/// <param name="Next">Null: there are no more.</param>
internal readonly record struct ResealedPayloads(int Count, PayloadCursor? Next, IReadOnlyList<SealBroken> Broken);

/// <summary>Seals payloads anew with their workspace's current data key, those that are plain and those of older keys alike.</summary>
internal static class ResealPayloads
{
    private const int RowsMax = 200;
    private const long BytesMax = 4 << 20;

    private const string FindSql = """
        select f.id, f.day, f.key_number, f.body from (
          select r.*, sum(octet_length(r.body)) over (order by r.id, r.day) - octet_length(r.body) as before from (
            select p.id, p.day, p.key_number, p.body from eventmesh.payloads p
            where p.tenant_id = $1 and (p.id, p.day) > ($2, $3) and p.key_number is distinct from $4 order by p.id, p.day limit $5) r) f
        where f.before < $6 order by f.id, f.day
        """;

    private readonly record struct Row(string Id, DateOnly Day, int? Key, byte[] Body);

    /// <summary>The next batch of a workspace, written through the session of the lease.</summary>
    public static async Task<ResealedPayloads> Next(Store store, FeedLease lease, string workspace, WorkspaceKeys keys, PayloadCursor after, CancellationToken stop)
    {
        var current = keys.Current!;
        var found = await Find(store, workspace, current.Number, after, stop).ConfigureAwait(false);
        if (found.Count == 0) return new(0, null, []);
        var (rows, bodies, broken) = (new List<Row>(found.Count), new List<byte[]>(found.Count), new List<SealBroken>());
        foreach (var row in found)
        {
            var bound = new AssociatedData(SealKind.Payload, workspace, row.Id, row.Day.DayNumber);
            try
            {
                var plain = Seals.Open(bound, row.Key, row.Body, new Dictionary<string, WorkspaceKeys>(StringComparer.Ordinal) { [workspace] = keys });
                bodies.Add(current.For(bound).Seal(bound, plain));
                rows.Add(row);
            }
            catch (SealBroken seal)
            {
                // It stays as it is, and its key with it: nobody can make it right from here.
                broken.Add(seal);
            }
        }
        await Save(lease, workspace, rows, bodies, current.Number, stop).ConfigureAwait(false);
        return new(rows.Count, new(found[^1].Id, found[^1].Day), broken);
    }

    private static async Task<List<Row>> Find(Store store, string workspace, int current, PayloadCursor after, CancellationToken stop)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(FindSql, connection)
        {
            Parameters =
            {
                new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = after.Id ?? "", NpgsqlDbType = NpgsqlDbType.Varchar },
                new() { Value = after.Day ?? DateOnly.MinValue, NpgsqlDbType = NpgsqlDbType.Date }, new() { Value = current }, new() { Value = RowsMax }, new() { Value = BytesMax },
            },
        };
        return await Database.Ask(async () =>
        {
            var found = new List<Row>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false))
                found.Add(new(reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetFieldValue<byte[]>(3)));
            return found;
        }).ConfigureAwait(false);
    }

    private static async Task Save(FeedLease lease, string workspace, List<Row> rows, List<byte[]> bodies, int key, CancellationToken stop)
    {
        if (rows.Count == 0) return;
        await using var save = new NpgsqlCommand("select eventmesh.reseal_payloads($1, $2, $3, $4, $5, $6)", lease.Connection)
        {
            Parameters =
            {
                new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = rows.Select(r => r.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                new() { Value = rows.Select(r => r.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar },
                new NpgsqlParameter<int?[]> { TypedValue = [.. rows.Select(r => r.Key)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = bodies.ToArray() }, new() { Value = key },
            },
        };
        await Database.Ask(() => save.ExecuteScalarAsync(stop)).ConfigureAwait(false);
    }
}

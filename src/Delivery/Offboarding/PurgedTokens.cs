using EventMesh.EventStore;
using EventMesh.EventStore.Purging;
using Npgsql;

namespace EventMesh.Delivery.Offboarding;

/// <summary>Has the tokens of a workspace given back to their providers, by the clock that does that for every connection that ends, for as long as there is patience.</summary>
public sealed class PurgedTokens(Store store)
{
    private const string EndSql = "update eventmesh.oauth_tokens set ended = true, due_at = now(), failures = 0, failing_since = null where tenant_id = $1 and not ended";

    private const string CountSql = """
        select (select count(*) from eventmesh.oauth_tokens t where t.tenant_id = $1),
          count(*) filter (where (e.data ->> 'revoked')::boolean), count(*) filter (where not (e.data ->> 'revoked')::boolean)
        from public.mt_events e where e.tenant_id = $1 and e.type = 'connection_tokens_destroyed' and e.timestamp >= $2
        """;

    /// <param name="patient">Whether those that are left are waited for.</param>
    /// <returns>Whether none is left, or nobody waits any more; then they are counted.</returns>
    public async Task<bool> GiveBack(PurgeRow row, Purging purging, bool patient, CancellationToken stop)
    {
        await using (var end = store.Feed.CreateCommand(EndSql))
        {
            end.Parameters.Add(new() { Value = row.Workspace });
            await FeedTable.Run(end, stop).ConfigureAwait(false);
        }
        var (left, revoked, refused) = await Count(row, stop).ConfigureAwait(false);
        if (left > 0 && patient) return false;
        await purging.Count("tokens_revoked", revoked, stop).ConfigureAwait(false);
        await purging.Count("tokens_not_revoked", refused + left, stop).ConfigureAwait(false);
        return true;
    }

    private async Task<(long Left, long Revoked, long Refused)> Count(PurgeRow row, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(CountSql);
        command.Parameters.Add(new() { Value = row.Workspace });
        command.Parameters.Add(new() { Value = row.StartedAt.UtcDateTime });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            await reader.ReadAsync(stop).ConfigureAwait(false);
            return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }
        catch (NpgsqlException failure) when (FeedTable.MayPass(failure))
        {
            throw new StoreUnavailable(failure);
        }
    }
}

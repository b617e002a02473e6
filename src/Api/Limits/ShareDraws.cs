using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Api.Limits;

/// <param name="Needed">What requests wait for.</param>
/// <param name="More">What would save the next draws.</param>
internal sealed record Draw(string Workspace, Terms Terms, long Needed, long More);

/// <param name="Short">Less was left than was needed.</param>
/// <param name="Period">Of the bucket it was drawn from.</param>
/// <param name="NotedPeriod">Within which it is noted once that the limit was exceeded.</param>
/// <param name="EndsIn">Seconds until the bucket is another one; 0 for a rate.</param>
internal sealed record Drawn(long Granted, long Remaining, bool Short, string Period, string NotedPeriod, double EndsIn);

/// <summary>A share that was not spent.</summary>
internal sealed record Unspent(string Workspace, string Limit, string Period, long Shares);

/// <summary>The two statements on <c>eventmesh.limit_buckets</c>, each for many workspaces in one round trip.</summary>
internal sealed class ShareDraws(Store store)
{
    private const string DrawSql = "select granted, remaining, short, of_period, noted_period, period_ends_in from eventmesh.draw_shares($1, $2, $3, $4, $5, $6, $7, $8) order by entry";
    private const string GiveBackSql = "select eventmesh.give_back_shares($1, $2, $3, $4)";

    /// <summary>In the order of <paramref name="draws"/>.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer; what it granted, if it did, is not spent by anybody.</exception>
    public async Task<Drawn[]> Make(IReadOnlyList<Draw> draws)
    {
        await using var command = store.Feed.CreateCommand(DrawSql);
        Add(command, NpgsqlDbType.Varchar, draws, d => d.Workspace);
        Add(command, NpgsqlDbType.Varchar, draws, d => d.Terms.Limit);
        Add(command, NpgsqlDbType.Boolean, draws, d => d.Terms.Monthly);
        Add(command, NpgsqlDbType.Bigint, draws, d => d.Terms.Capacity);
        Add(command, NpgsqlDbType.Double, draws, d => d.Terms.PerSecond);
        Add(command, NpgsqlDbType.Boolean, draws, d => d.Terms.Overage == Domain.Limits.Overage.Soft);
        Add(command, NpgsqlDbType.Bigint, draws, d => d.Needed);
        Add(command, NpgsqlDbType.Bigint, draws, d => d.More);
        return await Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            var drawn = new List<Drawn>(draws.Count);
            while (await reader.ReadAsync().ConfigureAwait(false))
                drawn.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2), reader.GetString(3), reader.GetString(4), reader.GetDouble(5)));
            return drawn.ToArray();
        }).ConfigureAwait(false);
    }

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task GiveBack(IReadOnlyList<Unspent> unspent)
    {
        await using var command = store.Feed.CreateCommand(GiveBackSql);
        Add(command, NpgsqlDbType.Varchar, unspent, u => u.Workspace);
        Add(command, NpgsqlDbType.Varchar, unspent, u => u.Limit);
        Add(command, NpgsqlDbType.Varchar, unspent, u => u.Period);
        Add(command, NpgsqlDbType.Bigint, unspent, u => u.Shares);
        await Ask(() => command.ExecuteNonQueryAsync()).ConfigureAwait(false);
    }

    private static void Add<TItem, TValue>(NpgsqlCommand command, NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> value) =>
        command.Parameters.Add(new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. items.Select(value)] });

    private static async Task<T> Ask<T>(Func<Task<T>> question)
    {
        try
        {
            return await question().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            throw new StoreUnavailable(failure);
        }
    }
}

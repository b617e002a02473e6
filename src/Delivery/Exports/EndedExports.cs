using EventMesh.Domain.Exports;
using EventMesh.EventStore;

namespace EventMesh.Delivery.Exports;

/// <summary>Deletes exports a week after their end, a few parts at a time.</summary>
public sealed class EndedExports(Store store, TimeProvider clock)
{
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    private const string PartsSql = """
        delete from eventmesh.export_parts d using (
          select p.tenant_id, p.export_id, p.number from eventmesh.exports e join eventmesh.export_parts p on p.tenant_id = e.tenant_id and p.export_id = e.id
          where e.finished_at < $1 order by e.finished_at limit 20) old
        where d.tenant_id = old.tenant_id and d.export_id = old.export_id and d.number = old.number
        """;

    private const string ExportsSql = """
        delete from eventmesh.exports e where e.finished_at < $1 and not exists (select from eventmesh.export_parts p where p.tenant_id = e.tenant_id and p.export_id = e.id)
        """;

    public async Task Run(CancellationToken stop)
    {
        using var looks = new PeriodicTimer(LookAgain, clock);
        do await Look(stop).ConfigureAwait(false);
        while (await looks.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    public async Task Look(CancellationToken stop)
    {
        while (await Delete(PartsSql, stop).ConfigureAwait(false) > 0) { }
        await Delete(ExportsSql, stop).ConfigureAwait(false);
    }

    private Task<int> Delete(string sql, CancellationToken stop) => Database.Ask(async () =>
    {
        await using var command = store.Feed.CreateCommand(sql);
        command.Parameters.Add(new() { Value = (clock.GetUtcNow() - ExportLimits.KeptFor).UtcDateTime });
        return await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    });
}

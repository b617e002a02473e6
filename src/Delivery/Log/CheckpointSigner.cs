using System.Collections.Concurrent;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Log;

/// <summary>
/// Signs checkpoints of logs, and only of such that extend what was signed before: by what the database says was, and by what this process remembers that it signed itself. A log that does not
/// is never signed again until an operator has looked: somebody has rewritten the database, or put an older one in its place. Thread-safe, and on as many nodes as there are.
/// </summary>
public sealed partial class CheckpointSigner(Store store, LogSigner signer, LogOrigin origin, TimeProvider clock, ILogger<CheckpointSigner> log)
{
    // Each names the one before it, and no two may name the same: of two nodes that sign at once, one has nothing to do any more.
    private const string SaveSql = """
        insert into eventmesh.log_checkpoints (tenant_id, size, previous, root, note, at) select * from unnest($1, $2, $3, $4, $5, $6) on conflict do nothing returning tenant_id
        """;

    private readonly ConcurrentDictionary<string, Signed> remembered = new(StringComparer.Ordinal);

    /// <summary>Signs the logs of those workspaces as they are now, where something was added since the last time.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async Task Sign(IReadOnlyCollection<string> workspaces, CancellationToken stop)
    {
        var grown = (await Sound(workspaces, stop).ConfigureAwait(false)).Where(h => h.State.Size > (h.Signed?.Size ?? 0)).ToArray();
        if (grown.Length == 0) return;
        var at = clock.GetUtcNow();
        var notes = new string[grown.Length];
        for (var i = 0; i < grown.Length; i++)
            notes[i] = (await signer.Sign(new Checkpoint(origin.For(grown[i].State.Workspace), grown[i].State.Size, grown[i].State.Root).ToString(), stop).ConfigureAwait(false)).ToString();

        await using var save = store.Feed.CreateCommand(SaveSql);
        save.Parameters.Add(Array(NpgsqlDbType.Varchar, grown, h => h.State.Workspace));
        save.Parameters.Add(Array(NpgsqlDbType.Bigint, grown, h => h.State.Size));
        save.Parameters.Add(Array(NpgsqlDbType.Bigint, grown, h => h.Signed?.Size ?? 0));
        save.Parameters.Add(Array(NpgsqlDbType.Bytea, grown, h => h.State.Root.ToArray()));
        save.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, Value = notes });
        save.Parameters.Add(Array(NpgsqlDbType.TimestampTz, grown, _ => at.UtcDateTime));
        var saved = await Database.Ask(async () =>
        {
            await using var reader = await save.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) names.Add(reader.GetString(0));
            return names;
        }).ConfigureAwait(false);
        foreach (var head in grown.Where(h => saved.Contains(h.State.Workspace))) Remember(head.State.Workspace, new(head.State.Size, head.State.Root));
    }

    /// <summary>Compares logs with what was signed of them, and signs nothing.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public Task Compare(IReadOnlyCollection<string> workspaces, CancellationToken stop) => Sound(workspaces, stop);

    /// <summary>Those whose log extends what was signed of it.</summary>
    private async Task<List<LogHead>> Sound(IReadOnlyCollection<string> workspaces, CancellationToken stop)
    {
        // Before the database is asked: what is remembered is in it.
        var before = workspaces.Where(remembered.ContainsKey).ToDictionary(w => w, w => remembered[w], StringComparer.Ordinal);
        var heads = (await LogHead.Read(store, workspaces, stop).ConfigureAwait(false)).Where(h => h.Fault is null).ToList();
        var trees = await LogTree.Compute<Compared>(
            store, heads.ToDictionary(h => h.State.Workspace, h => Comparison(h, before.GetValueOrDefault(h.State.Workspace)), StringComparer.Ordinal), stop).ConfigureAwait(false);
        var sound = new List<LogHead>(heads.Count);
        foreach (var head in heads)
        {
            var remembers = before.GetValueOrDefault(head.State.Workspace);
            var fault = FaultOf(head, remembers, trees[head.State.Workspace]) ?? (remembers is null ? await FaultOfNote(head, stop).ConfigureAwait(false) : null);
            if (fault is null) sound.Add(head);
            else await Refuse(head.State.Workspace, fault, stop).ConfigureAwait(false);
        }
        return sound;
    }

    private static Func<PerfectSubtree, Compared> Comparison(LogHead head, Signed? remembers) => of =>
    {
        var size = head.State.Size;
        return new(MerkleTree.Root(size, of), Proof(head.Signed?.Size), Proof(remembers?.Size));

        IReadOnlyList<MerkleHash> Proof(long? past) => past is { } from && from <= size ? MerkleTree.Consistency(from, size, of) : [];
    };

    private static string? FaultOf(LogHead head, Signed? remembers, Compared? tree)
    {
        var (size, root) = (head.State.Size, head.State.Root);
        if (head.Signed?.Size > size) return Inv($"it has {size} leaves, and {head.Signed.Size} were signed");
        if (remembers is not null && remembers.Size > (head.Signed?.Size ?? 0)) return Inv($"the checkpoint of {remembers.Size} leaves, which was signed here, is no longer kept");
        if (tree is null) return "its tiles are not whole";
        if (tree.Root != root) return Inv($"its tiles do not lead to the root of its {size} leaves");
        if (head.Signed is { } signed && !MerkleProof.Extends(signed.Size, signed.Root, size, root, tree.SinceSigned)) return Inv($"it does not extend the checkpoint of {signed.Size} leaves that was signed");
        return remembers is not null && !MerkleProof.Extends(remembers.Size, remembers.Root, size, root, tree.SinceRemembered) ? Inv($"it does not extend the checkpoint of {remembers.Size} leaves that was signed here") : null;
    }

    /// <summary>What the database says was signed, was signed by us.</summary>
    private async Task<string?> FaultOfNote(LogHead head, CancellationToken stop)
    {
        if (head.Signed is not { } signed) return null;
        try
        {
            var note = SignedNote.Parse(signed.Note);
            var checkpoint = Checkpoint.Parse(note.Text);
            if (checkpoint.Size != signed.Size || checkpoint.Root != signed.Root || !await signer.IsOurs(note, stop).ConfigureAwait(false)) return Inv($"the checkpoint of {signed.Size} leaves is not what was signed");
        }
        catch (FormatException fault)
        {
            return Inv($"the checkpoint of {signed.Size} leaves is not what was signed: {fault.Message}");
        }
        Remember(head.State.Workspace, new(signed.Size, signed.Root));
        return null;
    }

    private async Task Refuse(string workspace, string reason, CancellationToken stop)
    {
        LogRefused(log, workspace, reason);
        await using var save = store.Feed.CreateCommand("insert into eventmesh.log_faults (tenant_id, reason, at) values ($1, $2, $3) on conflict do nothing");
        save.Parameters.Add(new() { Value = workspace });
        save.Parameters.Add(new() { Value = reason });
        save.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime });
        await Database.Ask(() => save.ExecuteNonQueryAsync(stop)).ConfigureAwait(false);
    }

    private void Remember(string workspace, Signed signed) => remembered.AddOrUpdate(workspace, signed, (_, known) => known.Size > signed.Size ? known : signed);

    private static NpgsqlParameter Array<TItem, TValue>(NpgsqlDbType type, TItem[] items, Func<TItem, TValue> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = System.Array.ConvertAll(items, i => value(i)) };

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Signed(long Size, MerkleHash Root);

    private sealed record Compared(MerkleHash Root, IReadOnlyList<MerkleHash> SinceSigned, IReadOnlyList<MerkleHash> SinceRemembered);

    [LoggerMessage(EventName = "log.refused", Level = LogLevel.Error, Message = "No checkpoint of the log of {tenant_id} is signed any more: {reason}")]
    private static partial void LogRefused(ILogger log, string tenant_id, string reason);
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// A workspace's data key, unwrapped. It seals nothing itself: payloads are sealed with a key derived from it for their day, secrets and other values with one each, by HKDF-SHA256
/// (RFC 5869). Nonces are random, and NIST SP 800-38D allows 2^32 of those for one key: no workspace publishes that many events in a day, however long its data key lives.
/// </summary>
internal sealed class DataKey
{
    // Publishing needs today's, and around midnight two; what reads older days derives theirs again, in microseconds.
    private const int DaysKept = 4;

    private readonly byte[] material;
    private readonly SealingKey secrets;
    private readonly SealingKey values;
    private volatile Day[] days = [];

    private sealed record Day(int Number, SealingKey Key);

    public DataKey(int number, byte[] material)
    {
        (Number, this.material) = (number, material);
        (secrets, values) = (Derive(SealKind.Secret, 0), Derive(SealKind.Value, 0));
    }

    public int Number { get; }

    /// <summary>The key for what is <paramref name="bound"/>: found without a lock, and without an allocation when it was used lately.</summary>
    public SealingKey For(in AssociatedData bound) => bound.Kind switch
    {
        SealKind.Payload => Of(bound.Version),
        SealKind.Secret => secrets,
        SealKind.Value => values,
        _ => throw new InvalidOperationException($"A data key seals no {bound.Kind}."),
    };

    private SealingKey Of(int day)
    {
        var known = days;
        foreach (var of in known)
            if (of.Number == day) return of.Key;
        var derived = new Day(day, Derive(SealKind.Payload, day));
        // Somebody who does the same at the same time derives the same: which of the two is kept does not matter.
        days = [derived, .. known.Take(DaysKept - 1)];
        return derived.Key;
    }

    private SealingKey Derive(SealKind kind, int day)
    {
        Span<byte> info = stackalloc byte[5];
        info[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(info[1..], day);
        var key = new byte[SealedForm.KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material, key, "eventmesh"u8, info);
        return new(Number, key);
    }
}

/// <summary>The data keys of one workspace that are not destroyed, as they were when they were read.</summary>
/// <param name="all">By number, ascending.</param>
/// <param name="current">What seals now; null when the workspace has none yet.</param>
internal sealed class WorkspaceKeys(DataKey[] all, DataKey? current)
{
    private long usedAt = Environment.TickCount64;

    public DataKey? Current { get; } = current;

    /// <summary>When it was last asked for, in milliseconds since this machine started.</summary>
    public long UsedAt => Volatile.Read(ref usedAt);

    public void Use() => Volatile.Write(ref usedAt, Environment.TickCount64);

    public DataKey? Find(int number)
    {
        foreach (var key in all)
            if (key.Number == number) return key;
        return null;
    }
}

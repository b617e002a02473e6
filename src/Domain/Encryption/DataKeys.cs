namespace EventMesh.Domain.Encryption;

/// <summary>What has happened to the keys that a workspace's payloads and secrets are sealed with. The keys themselves are never here.</summary>
public abstract record DataKeysEvent
{
    private DataKeysEvent() { }

    /// <param name="MasterKey">The id of the master key that wrapped it.</param>
    public sealed record DataKeyCreated(int Number, string MasterKey, DateTimeOffset At) : DataKeysEvent;

    /// <param name="Number">Of the key that seals from now on.</param>
    public sealed record DataKeyRotated(int Number, DateTimeOffset At) : DataKeysEvent;

    /// <summary>No payload and no secret is sealed with it any more, and its wrapped form is destroyed.</summary>
    /// <param name="Kept">True when its wrapped form stays, for values that were sealed with it elsewhere; null otherwise.</param>
    public sealed record DataKeyRetired(int Number, DateTimeOffset At, bool? Kept = null) : DataKeysEvent;
}

public abstract record DataKeys
{
    private DataKeys() { }

    public sealed record None : DataKeys;

    /// <summary>One key seals and opens.</summary>
    public sealed record Settled(int Current, DateTimeOffset Since) : DataKeys;

    /// <summary>A new key seals; what older ones sealed is being sealed anew.</summary>
    public sealed record Rotating(int Current, DateTimeOffset Since) : DataKeys;

    public static readonly DataKeys Initial = new None();

    public static DataKeys Evolve(DataKeys state, DataKeysEvent happened) => (state, happened) switch
    {
        (_, DataKeysEvent.DataKeyCreated created) => new Settled(created.Number, created.At),
        (_, DataKeysEvent.DataKeyRotated rotated) => new Rotating(rotated.Number, rotated.At),
        (Rotating rotating, DataKeysEvent.DataKeyRetired retired) when retired.Number == rotating.Current - 1 => new Settled(rotating.Current, rotating.Since),
        _ => state,
    };
}

namespace EventMesh.Domain.Encryption;

/// <summary>What the platform decided about the key that wraps all data keys. The key itself is never here.</summary>
public abstract record MasterKeyEvent
{
    private MasterKeyEvent() { }

    /// <param name="MasterKey">The id of the key that every data key is to be wrapped by.</param>
    public sealed record MasterKeyRotated(string MasterKey, DateTimeOffset At) : MasterKeyEvent;
}

/// <param name="Wanted">The id of the key that every data key is to be wrapped by; null: whichever was current when a data key was made.</param>
public sealed record MasterKey(string? Wanted)
{
    public static readonly MasterKey Initial = new((string?)null);

    public static MasterKey Evolve(MasterKey state, MasterKeyEvent happened) => happened switch
    {
        MasterKeyEvent.MasterKeyRotated rotated => new(rotated.MasterKey),
        _ => state,
    };
}

namespace EventMesh.Domain.Encryption;

public abstract record MasterKeyCommand
{
    private MasterKeyCommand() { }

    /// <summary>Wrap every data key with this master key.</summary>
    public sealed record RotateMasterKey(string MasterKey, DateTimeOffset At) : MasterKeyCommand;
}

public static class MasterKeyDecider
{
    public static MasterKeyEvent[] Decide(MasterKeyCommand command, MasterKey state) => command switch
    {
        MasterKeyCommand.RotateMasterKey rotate when rotate.MasterKey == state.Wanted => [],
        MasterKeyCommand.RotateMasterKey rotate => [new MasterKeyEvent.MasterKeyRotated(rotate.MasterKey, rotate.At)],
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name}."),
    };
}

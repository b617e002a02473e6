namespace EventMesh.Domain.Encryption;

public abstract record DataKeysCommand
{
    private DataKeysCommand() { }

    /// <summary>Seal with a new key from now on.</summary>
    public sealed record RotateDataKey(DateTimeOffset At) : DataKeysCommand;

    /// <summary>Everything was sealed anew, and the wrapped form of an older key is destroyed unless it is kept for values elsewhere.</summary>
    public sealed record RetireDataKey(int Number, bool Kept, DateTimeOffset At) : DataKeysCommand;
}

public static class DataKeysDecider
{
    /// <exception cref="Refused">The key seals what is new: it cannot be retired.</exception>
    public static DataKeysEvent[] Decide(DataKeysCommand command, DataKeys state) => (command, state) switch
    {
        // Its first key is made when it is first needed, and this is not a need.
        (DataKeysCommand.RotateDataKey, DataKeys.None) => [],
        // One at a time: what is under way leads to a key that is new enough.
        (DataKeysCommand.RotateDataKey, DataKeys.Rotating) => [],
        (DataKeysCommand.RotateDataKey rotate, DataKeys.Settled settled) => [new DataKeysEvent.DataKeyRotated(settled.Current + 1, rotate.At)],

        (DataKeysCommand.RetireDataKey retire, DataKeys.Rotating rotating) when retire.Number < rotating.Current => [new DataKeysEvent.DataKeyRetired(retire.Number, retire.At, retire.Kept ? true : null)],
        // Told before.
        (DataKeysCommand.RetireDataKey retire, DataKeys.Settled settled) when retire.Number < settled.Current => [],
        (DataKeysCommand.RetireDataKey retire, _) => throw new Refused("data_key.in_use", $"Data key {retire.Number} is in use."),

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}

namespace EventMesh.Domain.Identity;

public abstract record IssuedTokenCommand
{
    private IssuedTokenCommand() { }

    public sealed record RevokeToken(string Subject, DateTimeOffset ExpiresAt, DateTimeOffset At) : IssuedTokenCommand;
}

public static class IssuedTokenDecider
{
    public static IssuedTokenEvent[] Decide(IssuedTokenCommand command, IssuedToken state) => (command, state) switch
    {
        (IssuedTokenCommand.RevokeToken revoke, IssuedToken.Live) => [new IssuedTokenEvent.TokenRevoked(revoke.Subject, revoke.ExpiresAt, revoke.At)],
        (IssuedTokenCommand.RevokeToken, IssuedToken.Revoked) => [],
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}

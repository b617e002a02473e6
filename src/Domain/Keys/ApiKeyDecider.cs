using EventMesh.Domain.Access;

namespace EventMesh.Domain.Keys;

public abstract record ApiKeyCommand
{
    private ApiKeyCommand() { }

    public sealed record IssueApiKey(string Name, string Sha256, DateTimeOffset At, Role Roles = Role.All) : ApiKeyCommand;
    public sealed record ChangeApiKeyRoles(Role Roles, DateTimeOffset At) : ApiKeyCommand;
    public sealed record RevokeApiKey(DateTimeOffset At) : ApiKeyCommand;
}

public static class ApiKeyDecider
{
    /// <exception cref="Refused">There is no such key, or the id is taken.</exception>
    public static ApiKeyEvent[] Decide(ApiKeyCommand command, ApiKey state) => (command, state) switch
    {
        (ApiKeyCommand.IssueApiKey issue, ApiKey.Missing) => 
            [new ApiKeyEvent.ApiKeyIssued(issue.Name, issue.Sha256, issue.At, issue.Roles == Role.All ? null : issue.Roles.Names())],
        (ApiKeyCommand.IssueApiKey, _) => throw new Refused("key.exists", "A key with this id exists already."),

        (ApiKeyCommand.ChangeApiKeyRoles, ApiKey.Missing or ApiKey.Revoked) => throw new Refused("key.missing", "There is no such key."),
        (ApiKeyCommand.ChangeApiKeyRoles change, ApiKey.Active active) => change.Roles == active.Roles ? [] : [new ApiKeyEvent.ApiKeyRolesChanged(change.Roles.Names(), change.At)],

        (ApiKeyCommand.RevokeApiKey, ApiKey.Missing) => throw new Refused("key.missing", "There is no such key."),
        (ApiKeyCommand.RevokeApiKey revoke, ApiKey.Active) => [new ApiKeyEvent.ApiKeyRevoked(revoke.At)],
        (ApiKeyCommand.RevokeApiKey, ApiKey.Revoked) => [],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}

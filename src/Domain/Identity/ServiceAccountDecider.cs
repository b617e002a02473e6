using EventMesh.Domain.Access;

namespace EventMesh.Domain.Identity;

public abstract record ServiceAccountCommand
{
    private ServiceAccountCommand() { }

    public sealed record CreateServiceAccount(string Name, Role Roles, int TokenSeconds, DateTimeOffset At) : ServiceAccountCommand;

    /// <summary>Null leaves as it is.</summary>
    public sealed record ChangeServiceAccount(string? Name, Role? Roles, int? TokenSeconds, bool? Enabled, DateTimeOffset At) : ServiceAccountCommand;

    public sealed record AddCredential(ClientCredential Credential) : ServiceAccountCommand;
    public sealed record RevokeCredential(string CredentialId, DateTimeOffset At) : ServiceAccountCommand;
    public sealed record RevokeTokens(DateTimeOffset At) : ServiceAccountCommand;
    public sealed record DeleteServiceAccount(DateTimeOffset At) : ServiceAccountCommand;
}

public static class ServiceAccountDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static ServiceAccountEvent[] Decide(ServiceAccountCommand command, ServiceAccount state) => (command, state) switch
    {
        (ServiceAccountCommand.CreateServiceAccount create, ServiceAccount.Missing) =>
            [new ServiceAccountEvent.ServiceAccountCreated(create.Name, create.Roles.Names(), create.TokenSeconds, create.At)],
        (ServiceAccountCommand.CreateServiceAccount, _) => throw new Refused("service_account.exists", "A service account with this id exists already."),

        (ServiceAccountCommand.DeleteServiceAccount, ServiceAccount.Deleted) => [],
        (_, ServiceAccount.Missing or ServiceAccount.Deleted) => throw new Refused("service_account.missing", "There is no such service account."),

        (ServiceAccountCommand.ChangeServiceAccount change, ServiceAccount.Present now) => Changed(change, now),
        (ServiceAccountCommand.AddCredential add, ServiceAccount.Present now) => Added(add.Credential, now),
        (ServiceAccountCommand.RevokeCredential revoke, ServiceAccount.Present now) when now.Credentials.Any(c => c.Id == revoke.CredentialId) =>
            [new ServiceAccountEvent.ServiceAccountCredentialRevoked(revoke.CredentialId, revoke.At)],
        (ServiceAccountCommand.RevokeCredential revoke, ServiceAccount.Present now) when now.RevokedCredentials.Contains(revoke.CredentialId) => [],
        (ServiceAccountCommand.RevokeCredential, _) => throw new Refused("credential.missing", "The service account has no such credential."),
        // Each time again: there may be new tokens since.
        (ServiceAccountCommand.RevokeTokens revoke, ServiceAccount.Present) => [new ServiceAccountEvent.TokensRevokedBefore(revoke.At)],
        (ServiceAccountCommand.DeleteServiceAccount delete, _) => [new ServiceAccountEvent.ServiceAccountDeleted(delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static ServiceAccountEvent[] Changed(ServiceAccountCommand.ChangeServiceAccount change, ServiceAccount.Present now)
    {
        var (name, roles, seconds, enabled) = (change.Name ?? now.Name, change.Roles ?? now.Roles, change.TokenSeconds ?? now.TokenSeconds, change.Enabled ?? now.Enabled);
        return (name, roles, seconds, enabled) == (now.Name, now.Roles, now.TokenSeconds, now.Enabled) ? []
            : [new ServiceAccountEvent.ServiceAccountChanged(name, roles.Names(), seconds, enabled, change.At)];
    }

    private static ServiceAccountEvent[] Added(ClientCredential credential, ServiceAccount.Present now)
    {
        if (now.Credentials.Contains(credential)) return [];
        if (credential.Kid is { } kid && now.Credentials.Any(c => c.Kid == kid))
            throw new Refused("service_account.key_exists", "The service account has a key with this kid; revoke that one first, or give the new one another kid.");
        if (now.Credentials.Count(c => c.IsUsableAt(credential.CreatedAt)) >= ClientCredential.ActiveMax)
            throw new Refused("service_account.too_many_credentials", $"{ClientCredential.ActiveMax} credentials are usable already, and no more may be at once; revoke one first.");
        return [new ServiceAccountEvent.ServiceAccountCredentialAdded(credential, credential.CreatedAt)];
    }
}

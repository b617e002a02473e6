namespace EventMesh.Domain.Access;

public abstract record PlatformAdminCommand
{
    private PlatformAdminCommand() { }

    public sealed record AddPlatformAdmin(string Name, string Sha256, DateTimeOffset At) : PlatformAdminCommand;
    public sealed record RemovePlatformAdmin(DateTimeOffset At) : PlatformAdminCommand;
}

public static class PlatformAdminDecider
{
    /// <exception cref="Refused">There is no such admin, or the id is taken.</exception>
    public static PlatformAdminEvent[] Decide(PlatformAdminCommand command, PlatformAdmin state) => (command, state) switch
    {
        (PlatformAdminCommand.AddPlatformAdmin add, PlatformAdmin.Missing) => [new PlatformAdminEvent.PlatformAdminAdded(add.Name, add.Sha256, add.At)],
        (PlatformAdminCommand.AddPlatformAdmin, _) => throw new Refused("admin.exists", "An admin with this id exists already."),

        (PlatformAdminCommand.RemovePlatformAdmin, PlatformAdmin.Missing) => throw new Refused("admin.missing", "There is no such admin."),
        (PlatformAdminCommand.RemovePlatformAdmin remove, PlatformAdmin.Active) => [new PlatformAdminEvent.PlatformAdminRemoved(remove.At)],
        (PlatformAdminCommand.RemovePlatformAdmin, PlatformAdmin.Removed) => [],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}

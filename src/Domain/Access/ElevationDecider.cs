namespace EventMesh.Domain.Access;

public abstract record ElevationCommand
{
    private ElevationCommand() { }

    public sealed record RequestElevation(string Admin, Role Roles, string Reason, int DurationSeconds, DateTimeOffset At) : ElevationCommand;

    /// <param name="By">Who decides, by the id that stored events carry: an elevated admin has their own here, not the elevation's.</param>
    public sealed record ApproveElevation(string By, DateTimeOffset At) : ElevationCommand;

    public sealed record RefuseElevation(string By, DateTimeOffset At) : ElevationCommand;
    public sealed record EndElevation(string By, DateTimeOffset At) : ElevationCommand;
}

public static class ElevationDecider
{
    /// <exception cref="Refused">There is no such elevation, it is decided or over, or somebody decides on their own.</exception>
    public static ElevationEvent[] Decide(ElevationCommand command, Elevation state) => (command, state) switch
    {
        (ElevationCommand.RequestElevation ask, Elevation.Missing) => [new ElevationEvent.ElevationRequested(ask.Admin, ask.Roles.Names(), ask.Reason, ask.DurationSeconds, ask.At)],
        (ElevationCommand.RequestElevation, _) => throw new Refused("elevation.exists", "An elevation with this id exists already."),
        (_, Elevation.Missing) => throw new Refused("elevation.missing", "There is no such elevation."),

        (ElevationCommand.ApproveElevation approve, Elevation.Requested { Asked: var asked }) =>
            [new ElevationEvent.ElevationApproved(asked.Admin, asked.Roles, Another(approve.By, asked), InTime(approve.At, asked).AddSeconds(asked.DurationSeconds), approve.At)],
        (ElevationCommand.ApproveElevation approve, Elevation.Approved approved) when approve.By == approved.Given.By && approve.At < approved.Given.EndsAt => [],
        (ElevationCommand.ApproveElevation, _) => throw Decided(),

        (ElevationCommand.RefuseElevation refuse, Elevation.Requested { Asked: var asked }) => [new ElevationEvent.ElevationRefused(Another(refuse.By, asked), InTime(refuse.At, asked))],
        (ElevationCommand.RefuseElevation refuse, Elevation.Refused refused) when refuse.By == refused.How.By => [],
        (ElevationCommand.RefuseElevation, _) => throw Decided(),

        (ElevationCommand.EndElevation end, Elevation.Requested { Asked: var asked }) when !IsLapsed(end.At, asked) => [new ElevationEvent.ElevationEnded(asked.Admin, end.By, end.At)],
        (ElevationCommand.EndElevation end, Elevation.Approved approved) when end.At < approved.Given.EndsAt => [new ElevationEvent.ElevationEnded(approved.Asked.Admin, end.By, end.At)],
        // Over in whatever way: that is what was asked for.
        (ElevationCommand.EndElevation, _) => [],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    public static bool IsLapsed(DateTimeOffset now, ElevationEvent.ElevationRequested asked) => now >= asked.At + ElevationLimits.LapsesAfter;

    private static string Another(string by, ElevationEvent.ElevationRequested asked) =>
        by != asked.Admin ? by : throw new Refused("elevation.own", "Nobody decides on their own elevation; another platform admin or an operator of the workspace can.");

    private static DateTimeOffset InTime(DateTimeOffset now, ElevationEvent.ElevationRequested asked) =>
        !IsLapsed(now, asked) ? now : throw new Refused("elevation.lapsed", $"Nobody decided within {ElevationLimits.LapsesAfter.TotalHours} hours, so the request has lapsed; ask again.");

    private static Refused Decided() => new("elevation.decided", "It is decided or over already; read it to see how.");
}

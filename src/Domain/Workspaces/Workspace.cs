using EventMesh.Domain.Limits;

namespace EventMesh.Domain.Workspaces;

/// <summary>What has happened to a workspace, and what it therefore is.</summary>
public abstract record WorkspaceEvent
{
    private WorkspaceEvent() { }

    public sealed record WorkspaceCreated(string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset At) : WorkspaceEvent;
    public sealed record WorkspacePlanChanged(string Plan, DateTimeOffset At) : WorkspaceEvent;

    /// <param name="Limits">All that hold from now on instead of the plan's; none when it is empty.</param>
    public sealed record WorkspaceLimitsChanged(LimitOverrides Limits, DateTimeOffset At) : WorkspaceEvent;

    /// <param name="Origins">All whose pages may call from now on, in order; none when it is empty.</param>
    public sealed record WorkspaceOriginsChanged(IReadOnlyList<string> Origins, DateTimeOffset At) : WorkspaceEvent;

    /// <param name="Urls">All that get each checkpoint of the workspace's log from now on; none when it is empty.</param>
    public sealed record WorkspaceWitnessesChanged(IReadOnlyList<string> Urls, DateTimeOffset At) : WorkspaceEvent;
}

public abstract record Workspace
{
    private Workspace() { }

    public sealed record Missing : Workspace;
    public sealed record Open(string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset CreatedAt) : Workspace
    {
        /// <summary>What was agreed for this workspace instead of what its plan says.</summary>
        public LimitOverrides Limits { get; init; } = LimitOverrides.None;

        /// <summary>The web origins whose pages may call the API for this workspace.</summary>
        public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

        /// <summary>Addresses outside that get each checkpoint of the workspace's log.</summary>
        public IReadOnlyList<string> Witnesses { get; init; } = [];
    }

    /// <summary>The tenant of the platform's own history: its admins, its keys, refusals that concern no workspace. No workspace can have this name.</summary>
    public const string PlatformId = "$platform";

    public static readonly Workspace Initial = new Missing();

    public static Workspace Evolve(Workspace state, WorkspaceEvent happened) => (state, happened) switch
    {
        (_, WorkspaceEvent.WorkspaceCreated created) => new Open(created.Id, created.Name, created.Plan, created.Environment, created.Region, created.At),
        (Open open, WorkspaceEvent.WorkspacePlanChanged changed) => open with { Plan = changed.Plan },
        (Open open, WorkspaceEvent.WorkspaceLimitsChanged changed) => open with { Limits = changed.Limits },
        (Open open, WorkspaceEvent.WorkspaceOriginsChanged changed) => open with { AllowedOrigins = changed.Origins },
        (Open open, WorkspaceEvent.WorkspaceWitnessesChanged changed) => open with { Witnesses = changed.Urls },
        _ => state,
    };
}

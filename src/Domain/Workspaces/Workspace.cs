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

    /// <summary>From now on nothing is accepted and nothing is sent.</summary>
    public sealed record WorkspaceSuspended(SuspendedBecause Reason, DateTimeOffset At) : WorkspaceEvent;

    public sealed record WorkspaceResumed(DateTimeOffset At) : WorkspaceEvent;

    /// <summary>It is suspended, and what is in it is destroyed at <paramref name="Until"/> unless somebody cancels that.</summary>
    /// <param name="Streams">What becomes of its history then.</param>
    /// <param name="Export">The export of everything that was begun with it; null when none was asked for.</param>
    public sealed record WorkspaceClosing(DateTimeOffset Until, PurgedStreams Streams, string? Export, DateTimeOffset At) : WorkspaceEvent;

    public sealed record WorkspaceClosingCancelled(DateTimeOffset At) : WorkspaceEvent;

    /// <summary>The grace period is over: from here on there is no way back.</summary>
    public sealed record WorkspacePurging(DateTimeOffset At) : WorkspaceEvent;

    /// <param name="Paths">All that are redacted from now on, in order. Null: none are named, and bodies are shown as their shape; empty: nothing is redacted.</param>
    public sealed record WorkspaceRedactionChanged(IReadOnlyList<string>? Paths, DateTimeOffset At) : WorkspaceEvent;
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

        /// <summary>Why and since when it is suspended; null while it is not, or only because it is closing.</summary>
        public Suspension? Suspension { get; init; }

        /// <summary>Until when it can be had back; null while it is not closing.</summary>
        public Closing? Closing { get; init; }

        /// <summary>Whether nothing is accepted and nothing is sent.</summary>
        public bool IsSuspended => Suspension is not null || Closing is not null;

        /// <summary>The paths of bodies that are redacted where they are shown; null before the workspace has named any.</summary>
        public IReadOnlyList<string>? RedactedPaths { get; init; }
    }

    /// <summary>What is in it is being destroyed. Its id is never given to another.</summary>
    public sealed record Purging(string Id, DateTimeOffset Since) : Workspace;

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
        (Open open, WorkspaceEvent.WorkspaceSuspended suspended) => open with { Suspension = new(suspended.Reason, suspended.At) },
        (Open open, WorkspaceEvent.WorkspaceResumed) => open with { Suspension = null },
        (Open open, WorkspaceEvent.WorkspaceClosing closing) => open with { Closing = new(closing.Until, closing.Streams, closing.Export, closing.At) },
        (Open open, WorkspaceEvent.WorkspaceClosingCancelled) => open with { Closing = null },
        (Open open, WorkspaceEvent.WorkspacePurging purging) => new Purging(open.Id, purging.At),
        (Open open, WorkspaceEvent.WorkspaceRedactionChanged changed) => open with { RedactedPaths = changed.Paths },
        _ => state,
    };
}

public enum SuspendedBecause { Requested, Payment, Abuse, Security, Legal, Maintenance }

/// <summary>What a purge leaves of a workspace's history: nothing, or of each event its type, its time and the digest by which the log knows it.</summary>
public enum PurgedStreams { Delete, Skeletons }

public sealed record Suspension(SuspendedBecause Reason, DateTimeOffset Since);

public sealed record Closing(DateTimeOffset Until, PurgedStreams Streams, string? Export, DateTimeOffset Since);

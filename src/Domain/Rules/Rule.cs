using EventMesh.Domain.Filters;
using EventMesh.Domain.Mappings;

namespace EventMesh.Domain.Rules;

/// <summary>What has happened to a rule, and what it therefore is.</summary>
public abstract record RuleEvent
{
    private RuleEvent() { }

    public sealed record RuleCreated(string Name, Filter Filter, IReadOnlyList<string> Connections, DateTimeOffset At, RuleOrdering? Ordering = null, Mapping? Mapping = null) : RuleEvent;
    public sealed record RuleChanged(string Name, Filter Filter, IReadOnlyList<string> Connections, DateTimeOffset At, RuleOrdering? Ordering = null, Mapping? Mapping = null) : RuleEvent;
    public sealed record RuleDisabled(DateTimeOffset At) : RuleEvent;
    public sealed record RuleEnabled(DateTimeOffset At) : RuleEvent;
    public sealed record RuleDeleted(DateTimeOffset At) : RuleEvent;
}

public abstract record Rule
{
    private Rule() { }

    /// <summary>How it shapes what it sends; null when the body is the connection's choice. A deleted rule keeps its last, for what is still on its way.</summary>
    public Mapping? Mapping { get; init; }

    public sealed record Missing : Rule;
    public sealed record Enabled(string Name, Filter Filter, IReadOnlyList<string> Connections, DateTimeOffset CreatedAt, RuleOrdering? Ordering = null) : Rule;
    public sealed record Disabled(string Name, Filter Filter, IReadOnlyList<string> Connections, DateTimeOffset CreatedAt, RuleOrdering? Ordering = null) : Rule;
    public sealed record Deleted : Rule;

    public static readonly Rule Initial = new Missing();

    public static Rule Evolve(Rule state, RuleEvent happened) => (state, happened) switch
    {
        (_, RuleEvent.RuleCreated created) => new Enabled(created.Name, created.Filter, created.Connections, created.At, created.Ordering) { Mapping = created.Mapping },
        (Enabled enabled, RuleEvent.RuleChanged changed) => enabled with { Name = changed.Name, Filter = changed.Filter, Connections = changed.Connections, Ordering = changed.Ordering, Mapping = changed.Mapping },
        (Disabled disabled, RuleEvent.RuleChanged changed) => disabled with { Name = changed.Name, Filter = changed.Filter, Connections = changed.Connections, Ordering = changed.Ordering, Mapping = changed.Mapping },
        (Enabled enabled, RuleEvent.RuleDisabled) => new Disabled(enabled.Name, enabled.Filter, enabled.Connections, enabled.CreatedAt, enabled.Ordering) { Mapping = enabled.Mapping },
        (Disabled disabled, RuleEvent.RuleEnabled) => new Enabled(disabled.Name, disabled.Filter, disabled.Connections, disabled.CreatedAt, disabled.Ordering) { Mapping = disabled.Mapping },
        (_, RuleEvent.RuleDeleted) => new Deleted { Mapping = state.Mapping },
        _ => state,
    };
}

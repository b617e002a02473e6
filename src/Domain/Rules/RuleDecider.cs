using EventMesh.Domain.Filters;
using EventMesh.Domain.Mappings;

namespace EventMesh.Domain.Rules;

public abstract record RuleCommand
{
    private RuleCommand() { }

    public sealed record CreateRule(string Name, Filter Filter, IReadOnlyList<string> Connections, DateTimeOffset At, RuleOrdering? Ordering = null, Mapping? Mapping = null) : RuleCommand;
    /// <summary>Null leaves as it is, but for <paramref name="Ordering"/> and <paramref name="Mapping"/>: each is what shall be, and null is none.</summary>
    public sealed record ChangeRule(string? Name, Filter? Filter, IReadOnlyList<string>? Connections, DateTimeOffset At, RuleOrdering? Ordering = null, Mapping? Mapping = null) : RuleCommand;
    public sealed record DisableRule(DateTimeOffset At) : RuleCommand;
    public sealed record EnableRule(DateTimeOffset At) : RuleCommand;
    public sealed record DeleteRule(DateTimeOffset At) : RuleCommand;
}

public static class RuleDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static RuleEvent[] Decide(RuleCommand command, Rule state) => (command, state) switch
    {
        (RuleCommand.CreateRule create, Rule.Missing) => [new RuleEvent.RuleCreated(create.Name, create.Filter, Once(create.Connections), create.At, create.Ordering, create.Mapping)],
        (RuleCommand.CreateRule, _) => throw new Refused("rule.exists", "A rule with this id exists already."),

        (RuleCommand.DeleteRule, Rule.Deleted) => [],
        (_, Rule.Missing or Rule.Deleted) => throw new Refused("rule.missing", "There is no such rule."),

        (RuleCommand.ChangeRule change, Rule.Enabled now) => Changed(change, now.Name, now.Filter, now.Connections, now.Ordering, now.Mapping),
        (RuleCommand.ChangeRule change, Rule.Disabled now) => Changed(change, now.Name, now.Filter, now.Connections, now.Ordering, now.Mapping),

        (RuleCommand.DisableRule disable, Rule.Enabled) => [new RuleEvent.RuleDisabled(disable.At)],
        (RuleCommand.DisableRule, Rule.Disabled) => [],

        (RuleCommand.EnableRule enable, Rule.Disabled) => [new RuleEvent.RuleEnabled(enable.At)],
        (RuleCommand.EnableRule, Rule.Enabled) => [],

        (RuleCommand.DeleteRule delete, _) => [new RuleEvent.RuleDeleted(delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static RuleEvent[] Changed(RuleCommand.ChangeRule change, string name, Filter filter, IReadOnlyList<string> connections, RuleOrdering? ordering, Mapping? mapping)
    {
        var (newName, newFilter, newConnections) = (change.Name ?? name, change.Filter ?? filter, Once(change.Connections ?? connections));
        return newName == name && newFilter.Equals(filter) && newConnections.SequenceEqual(connections) && change.Ordering == ordering && Equals(change.Mapping, mapping)
            ? []
            : [new RuleEvent.RuleChanged(newName, newFilter, newConnections, change.At, change.Ordering, change.Mapping)];
    }

    // The same rule and connection never twice, whatever the caller wrote.
    private static IReadOnlyList<string> Once(IReadOnlyList<string> connections) => [.. connections.Distinct(StringComparer.Ordinal)];
}

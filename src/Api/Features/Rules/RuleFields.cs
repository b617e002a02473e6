using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Mappings;
using EventMesh.Domain.Rules;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Rules;

/// <summary>What a rule is made of, as it is sent.</summary>
/// <param name="Filter">Left out, every event matches.</param>
/// <param name="Ordering">Left out, deliveries go as they come.</param>
/// <param name="Mapping">Left out, the body is the connection's choice.</param>
public sealed record RuleFields(string? Name, JsonElement? Filter, IReadOnlyList<string?>? Connections, RuleOrdering? Ordering = null, JsonElement? Mapping = null)
{
    public const int ConnectionsMax = 100;

    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The workspace as it is configured now. Another node may have created a connection that this one has not heard of.</summary>
    public static async ValueTask<ConfiguredWorkspace> Knowing(IEnumerable<string?> connections, ConfiguredWorkspace workspace, IndexFollower index, CancellationToken stop)
    {
        if (connections.All(c => c is not null && workspace.Connections.ContainsKey(c))) return workspace;
        await index.Fresh(LookTimeout, stop);
        return index.Index.Find(workspace.Id) ?? workspace;
    }

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    public (string Name, Filter Filter, IReadOnlyList<string> Connections) Validated(ConfiguredWorkspace workspace)
    {
        var checks = new Checks();
        var name = checks.Name(Name);
        var filter = FilterIn(Filter, checks);
        MappingIn(Mapping, checks);
        if (Connections is null) checks.Add("connections", "is required");
        else checks.That(Connections.Count is > 0 and <= ConnectionsMax, "connections", $"has 1 to {ConnectionsMax} entries");
        for (var i = 0; i < Math.Min(Connections?.Count ?? 0, ConnectionsMax); i++)
        {
            var connection = Connections![i] is { } id ? workspace.Connections.GetValueOrDefault(id) : null;
            if (connection is not (Connection.Enabled or Connection.Disabled)) checks.Add($"connections[{i}]", "is not a connection of this workspace");
            else checks.That(!connection.IsOperational, $"connections[{i}]", "is operational: it gets what the platform tells the workspace, and no rule may name it");
        }
        if (Ordering is { } ordering && RuleOrdering.Fault(ordering.Key) is { } fault) checks.Add("ordering.key", fault);
        checks.Done();
        return (name, filter!, Connections!.Select(c => c!).ToArray());
    }

    /// <summary>The mapping of fields that were validated.</summary>
    public Mapping? Mapped() => Mapping is { } json ? Domain.Mappings.Mapping.Parse(json) : null;

    /// <returns>Null when there is none, or it is refused; <paramref name="checks"/> says why.</returns>
    public static Mapping? MappingIn(JsonElement? json, Checks checks)
    {
        try
        {
            return json is { } written ? Domain.Mappings.Mapping.Parse(written) : null;
        }
        catch (MappingRefused refused)
        {
            checks.Add(refused.Path.Length == 0 ? "mapping" : refused.Path[0] == '[' ? "mapping" + refused.Path : "mapping." + refused.Path, "is refused: " + refused.Reason);
            return null;
        }
    }

    /// <returns>Null when it is refused; <paramref name="checks"/> says why.</returns>
    public static Filter? FilterIn(JsonElement? json, Checks checks)
    {
        try
        {
            return json is { } written ? Domain.Filters.Filter.Parse(written) : Domain.Filters.Filter.Everything;
        }
        catch (FilterRefused refused)
        {
            checks.Add(refused.Path.Length == 0 ? "filter" : refused.Path[0] == '[' ? "filter" + refused.Path : "filter." + refused.Path, "is refused: " + refused.Reason);
            return null;
        }
    }
}

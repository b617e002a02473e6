using System.Collections.Immutable;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Rules;
using EventMesh.Domain.Workspaces;

namespace EventMesh.Projections.Index;

/// <summary>How one workspace is configured at one moment. Never changed: a later moment is another one.</summary>
public sealed record ConfiguredWorkspace(string Id, Workspace Workspace, ImmutableDictionary<string, Connection> Connections, ImmutableDictionary<string, Rule> Rules)
{
    private IReadOnlyList<(string Id, Rule.Enabled Rule)>? enabledRules;

    public static ConfiguredWorkspace Empty(string id) =>
        new(id, Workspace.Initial, ImmutableDictionary<string, Connection>.Empty, ImmutableDictionary<string, Rule>.Empty);

    /// <summary>What logs and spans carry beside the workspace.</summary>
    public string Environment => Workspace is Workspace.Open open ? open.Environment : "unknown";

    /// <summary>The rules that route, by id.</summary>
    public IReadOnlyList<(string Id, Rule.Enabled Rule)> EnabledRules =>
        enabledRules ??= [.. Rules.Where(r => r.Value is Rule.Enabled).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, (Rule.Enabled)r.Value))];

    internal ConfiguredWorkspace Apply(string stream, object happened) => happened switch
    {
        WorkspaceEvent workspace => this with { Workspace = Workspace.Evolve(Workspace, workspace) },
        ConnectionEvent connection => this with { Connections = Connections.SetItem(stream, Connection.Evolve(Connections.GetValueOrDefault(stream, Connection.Initial), connection)) },
        RuleEvent rule => this with { Rules = Rules.SetItem(stream, Rule.Evolve(Rules.GetValueOrDefault(stream, Rule.Initial), rule)), enabledRules = null },
        _ => this,
    };
}

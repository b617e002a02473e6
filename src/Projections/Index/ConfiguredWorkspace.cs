using System.Collections.Immutable;
using EventMesh.Domain.Access;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Identity;
using EventMesh.Domain.Limits;
using EventMesh.Domain.OAuth;
using EventMesh.Domain.Redaction;
using EventMesh.Domain.Rules;
using EventMesh.Domain.Secrets;
using EventMesh.Domain.Sources;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;

namespace EventMesh.Projections.Index;

/// <summary>How one workspace is configured at one moment. Never changed: a later moment is another one.</summary>
public sealed record ConfiguredWorkspace(string Id, Workspace Workspace, ImmutableDictionary<string, Connection> Connections, ImmutableDictionary<string, Rule> Rules)
{
    private IReadOnlyList<(string Id, Rule.Enabled Rule)>? enabledRules;

    public static ConfiguredWorkspace Empty(string id) =>
        new(id, Workspace.Initial, ImmutableDictionary<string, Connection>.Empty, ImmutableDictionary<string, Rule>.Empty);

    /// <summary>The circuits of connections that ever opened, by connection.</summary>
    public ImmutableDictionary<string, KnownCircuit> Circuits { get; init; } = ImmutableDictionary<string, KnownCircuit>.Empty;

    /// <summary>The sources of inbound webhooks, by id.</summary>
    public ImmutableDictionary<string, Source> Sources { get; init; } = ImmutableDictionary<string, Source>.Empty;

    /// <summary>The types of events that are described, and what their data has to be.</summary>
    public Catalogue Catalogue { get; init; } = Catalogue.Empty;

    /// <summary>The secrets that the workspace keeps, by name; without their values.</summary>
    public ImmutableDictionary<string, Secret.Kept> Secrets { get; init; } = ImmutableDictionary<string, Secret.Kept>.Empty;
    /// <summary>The registrations with OAuth providers, by provider.</summary>
    public OauthApps OauthApps { get; init; } = OauthApps.Empty;

    /// <summary>The identity providers whose tokens are its members' tokens.</summary>
    public TrustedProviders Providers { get; init; } = TrustedProviders.None;

    /// <summary>Who of those providers' people has roles of their own here.</summary>
    public Members Members { get; init; } = Members.None;

    /// <summary>Its issuer, and the service accounts that have tokens of it.</summary>
    public WorkspaceIdentity Identity { get; init; } = WorkspaceIdentity.Empty;

    /// <summary>What logs and spans carry beside the workspace.</summary>
    public string Environment => Workspace is Workspace.Open open ? open.Environment : "unknown";

    /// <summary>How much it may do; null when its plan is not among those this node knows, and then it may do nothing that is limited.</summary>
    public PlanLimits? Limits { get; private init; }

    /// <summary>How many days after its own a payload that is stored now is kept. Without a known plan as long as anything is.</summary>
    public int RetentionDays => Limits?.RetentionDays ?? RetentionClasses.RetentionDaysMax;

    /// <summary>What it shows of bodies to those who have not asked for the raw data.</summary>
    public RedactionRules Redaction { get; private init; } = RedactionRules.ShapeOnly;

    /// <summary>The rules that route, by id.</summary>
    public IReadOnlyList<(string Id, Rule.Enabled Rule)> EnabledRules =>
        enabledRules ??= [.. Rules.Where(r => r.Value is Rule.Enabled).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, (Rule.Enabled)r.Value))];

    /// <summary>The rules that name a connection, enabled or not, by id.</summary>
    public IEnumerable<string> RulesNaming(string connection) => Rules
        .Where(r => (r.Value switch { Rule.Enabled rule => rule.Connections, Rule.Disabled rule => rule.Connections, _ => [] }).Contains(connection, StringComparer.Ordinal))
        .Select(r => r.Key).Order(StringComparer.Ordinal);

    internal ConfiguredWorkspace Apply(string stream, long version, object happened, Plans plans) => happened switch
    {
        WorkspaceEvent workspace when Workspace.Evolve(Workspace, workspace) is var now => this with { Workspace = now, Limits = plans.Of(now), Redaction = RedactionRules.Of((now as Workspace.Open)?.RedactedPaths) },
        ConnectionEvent connection => this with { Connections = Connections.SetItem(stream, Connection.Evolve(Connections.GetValueOrDefault(stream, Connection.Initial), connection)) },
        CircuitEvent.ConnectionCircuitOpened opened => With(opened.Connection, version, opened),
        CircuitEvent.ConnectionCircuitClosed closed => With(closed.Connection, version, closed),
        RuleEvent rule => this with { Rules = Rules.SetItem(stream, Rule.Evolve(Rules.GetValueOrDefault(stream, Rule.Initial), rule)), enabledRules = null },
        OauthAppEvent app => this with { OauthApps = OauthApps.Apply(stream, app) },
        SourceEvent source => this with { Sources = Sources.SetItem(stream, Source.Evolve(Sources.GetValueOrDefault(stream, Source.Initial), source)) },
        MemberEvent member => this with { Members = Members.Apply(stream, member) },
        TrustedProviderEvent provider => this with { Providers = Providers.Apply(stream, provider) },
        IssuerEvent or ServiceAccountEvent or IssuedTokenEvent => this with { Identity = Identity.Apply(stream, happened) },
        EventTypeEvent type => this with { Catalogue = Catalogue.Apply(stream, type) },
        SecretEvent.SecretCreated created => With(created.Name, created),
        SecretEvent.SecretVersionAdded added => With(added.Name, added),
        SecretEvent.SecretVersionRevoked revoked => With(revoked.Name, revoked),
        SecretEvent.SecretDeleted deleted => this with { Secrets = Secrets.Remove(deleted.Name) },
        _ => this,
    };

    private ConfiguredWorkspace With(string name, SecretEvent happened) =>
        Secret.Evolve(Secrets.TryGetValue(name, out var known) ? known : Secret.Initial, happened) is Secret.Kept kept ? this with { Secrets = Secrets.SetItem(name, kept) } : this;

    private ConfiguredWorkspace With(string connection, long version, CircuitEvent happened) =>
        this with { Circuits = Circuits.SetItem(connection, new(Circuit.Evolve(Circuits.GetValueOrDefault(connection, KnownCircuit.None).State, happened), version)) };
}

/// <summary>A circuit and the version of its stream: enough to decide on it and append without reading the stream.</summary>
public sealed record KnownCircuit(Circuit State, long Version)
{
    public static readonly KnownCircuit None = new(Circuit.Initial, 0);
}

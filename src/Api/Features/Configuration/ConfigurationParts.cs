using EventMesh.Api.Features.Catalogue;
using EventMesh.Api.Features.Connections;
using EventMesh.Api.Features.IdentityProviders;
using EventMesh.Api.Features.Keys;
using EventMesh.Api.Features.Rules;
using EventMesh.Api.Features.ServiceAccounts;
using EventMesh.Api.Features.Sources;
using EventMesh.Api.Features.Workspaces;
using EventMesh.Domain.Access;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Identity;
using EventMesh.Domain.Keys;
using EventMesh.Domain.Limits;
using EventMesh.Domain.OAuth;
using EventMesh.Domain.Rules;
using EventMesh.Domain.Secrets;
using EventMesh.Domain.Sources;
using EventMesh.Domain.Workspaces;

namespace EventMesh.Api.Features.Configuration;

/// <summary>All that a workspace is configured with. Values of secrets are in none of it, nor who a member is at their provider.</summary>
internal static class ConfigurationParts
{
    /// <summary>Of what ends at some hour everything is shown, with its end: the document is the same whenever it is asked for.</summary>
    private static readonly DateTimeOffset Whenever = DateTimeOffset.MinValue;

    // What a plan means is a setting of the platform, and no part of a workspace's history.
    private static readonly ConfigurationPart OfWorkspace = ConfigurationPart.Of<Workspace, WorkspaceEvent>(
        "workspace", Workspace.Initial, Workspace.Evolve, (_, state) => state is Workspace.Open open ? ("", WorkspaceView.Of(open, Plans.Default)) : null, "limits");

    private static readonly ConfigurationPart OfRedaction = ConfigurationPart.Of<Workspace, WorkspaceEvent>(
        "redaction", Workspace.Initial, Workspace.Evolve, (_, state) => state is Workspace.Open { RedactedPaths: { } paths } ? ("", new { Paths = paths }) : null);

    private static readonly ConfigurationPart OfWitnesses = ConfigurationPart.Of<Workspace, WorkspaceEvent>(
        "witnesses", Workspace.Initial, Workspace.Evolve, (_, state) => state is Workspace.Open { Witnesses: { Count: > 0 } urls } ? ("", new { Urls = urls }) : null);

    private static readonly ConfigurationPart OfConnections = ConfigurationPart.Of<Connection, ConnectionEvent>(
        "connections", Connection.Initial, Connection.Evolve, (id, state) => ConnectionView.Of(id, 0, state) is { } view ? (id, view) : null,
        "id", "version", "circuit", "failing_since", "last_success_at", "last_failure_at");

    private static readonly ConfigurationPart OfSigningSecrets = ConfigurationPart.Of<Connection, ConnectionEvent>(
        "signing_secrets", Connection.Initial, Connection.Evolve,
        (id, state) => ReadSecrets.Of(state) is { } secrets ? (id, new { Secrets = secrets.ActiveAt(Whenever) }) : null);

    private static readonly ConfigurationPart OfRules = ConfigurationPart.Of<Rule, RuleEvent>(
        "rules", Rule.Initial, Rule.Evolve, (id, state) => RuleView.Of(id, 0, state) is { } view ? (id, view) : null, "id", "version");

    private static readonly ConfigurationPart OfSources = ConfigurationPart.Of<Source, SourceEvent>(
        "sources", Source.Initial, Source.Evolve, (id, state) => SourceView.Of(id, 0, state, Whenever) is { } view ? (id, view) : null, "id", "version", "received");

    private static readonly ConfigurationPart OfEventTypes = ConfigurationPart.Of<EventType, EventTypeEvent>(
        "event_types", EventType.Initial, EventType.Evolve, (_, state) => EventTypeView.Of(0, state) is { } view ? (view.Name, view) : null, "name", "version");

    private static readonly ConfigurationPart OfSecrets = ConfigurationPart.Of<Secret, SecretEvent>(
        "secrets", Secret.Initial, Secret.Evolve, (_, state) => state is Secret.Kept kept ? (kept.Name, kept) : null, "name");

    private static readonly ConfigurationPart OfKeys = ConfigurationPart.Of<ApiKey, ApiKeyEvent>(
        "keys", ApiKey.Initial, ApiKey.Evolve, (id, state) => state is ApiKey.Active active ? (id, ReadKeys.View(id, active)) : null, "id");

    private static readonly ConfigurationPart OfMembers = ConfigurationPart.Of<Member, MemberEvent>(
        "members", Member.Initial, Member.Evolve, (id, state) => state is Member.Active m ? (id, new { m.Provider, Roles = m.Roles.Names(), m.AddedAt }) : null);

    private static readonly ConfigurationPart OfServiceAccounts = ConfigurationPart.Of<ServiceAccount, ServiceAccountEvent>(
        "service_accounts", ServiceAccount.Initial, ServiceAccount.Evolve, (id, state) => ServiceAccountView.Of(id, 0, state) is { } view ? (id, view) : null, "id", "version");

    private static readonly ConfigurationPart OfProviders = ConfigurationPart.Of<TrustedProvider, TrustedProviderEvent>(
        "identity_providers", TrustedProvider.Initial, TrustedProvider.Evolve,
        // Without a value of its own it is the workspace's id, which the document need not repeat.
        (id, state) => ProviderView.Of("", id, 0, state) is { } view ? (id, view) : null, "id", "version");

    private static readonly ConfigurationPart OfOauthApps = ConfigurationPart.Of<OauthApp, OauthAppEvent>(
        "oauth_apps", OauthApp.Initial, OauthApp.Evolve, (_, state) => state is OauthApp.Registered app ? (app.Provider, new { app.ClientId, HasSecret = app.Secret is not null, app.SetAt }) : null);

    private static readonly ConfigurationPart OfIssuer = ConfigurationPart.Of<Issuer, IssuerEvent>(
        "issuer", Issuer.Initial, Issuer.Evolve, (_, state) => ("", new { Keys = state.Keys.Select(k => new { k.Kid, k.SignsFrom, k.AddedAt }) }));

    public static readonly IReadOnlyList<ConfigurationPart> All =
    [
        OfConnections, OfEventTypes, OfProviders, OfIssuer, OfKeys, OfMembers, OfOauthApps, OfRedaction, OfRules, OfSecrets, OfServiceAccounts, OfSigningSecrets, OfSources, OfWitnesses, OfWorkspace,
    ];

    /// <summary>Stored names of all events that make the document.</summary>
    public static readonly IReadOnlyList<string> Types = [.. All.SelectMany(p => p.Types).Distinct(StringComparer.Ordinal)];
}

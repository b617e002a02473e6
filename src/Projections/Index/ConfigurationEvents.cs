using EventMesh.Domain.Access;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Consumers;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Encryption;
using EventMesh.Domain.Exports;
using EventMesh.Domain.Identity;
using EventMesh.Domain.Keys;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Log;
using EventMesh.Domain.OAuth;
using EventMesh.Domain.Projections;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Replays;
using EventMesh.Domain.Reveals;
using EventMesh.Domain.Rules;
using EventMesh.Domain.Secrets;
using EventMesh.Domain.Sources;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;

namespace EventMesh.Projections.Index;

/// <summary>Which stored events there are, and which of them configure a workspace.</summary>
public static class ConfigurationEvents
{
    /// <summary>Every event of the domain.</summary>
    public static readonly EventTypes All = EventTypes.Of(
        typeof(WorkspaceEvent), typeof(PurgeEvent), typeof(ApiKeyEvent), typeof(ConnectionEvent), typeof(CircuitEvent), typeof(RuleEvent), typeof(PublishedEventEvent), typeof(PayloadReadEvent), typeof(DeliveryEvent),
        typeof(LimitEvent), typeof(ReplayEvent), typeof(ExportEvent), typeof(ConsumerEvent),
        typeof(OauthAppEvent), typeof(ConnectSessionEvent), typeof(RenewalEvent),
        typeof(SourceEvent), typeof(EventTypeEvent),
        typeof(TrustedProviderEvent),
        typeof(SecretEvent), typeof(SecretUseEvent),
        typeof(DataKeysEvent), typeof(MasterKeyEvent), typeof(LogKeyEvent),
        typeof(ElevationEvent),
        typeof(IssuerEvent), typeof(ServiceAccountEvent), typeof(IssuedTokenEvent),
        typeof(RevealEvent),
        typeof(ProjectionEvent),
        typeof(PlatformAdminEvent), typeof(MemberEvent), typeof(RefusalEvent), typeof(HistoryReadingEvent));

    /// <summary>Stored names, each of them in the partial index <c>ix_mt_events_configuration</c>: one that is not makes every node read all events at its start.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "workspace_created", "workspace_plan_changed", "workspace_limits_changed", "api_key_issued", "api_key_roles_changed", "api_key_revoked",
        "member_added", "member_changed", "member_removed", "platform_admin_added", "platform_admin_removed",
        "connection_created", "connection_changed", "connection_disabled", "connection_enabled", "connection_deleted", "connection_secret_rotated",
        "connection_credential_set", "connection_credential_revoked",
        "connection_authorized", "connection_needs_attention", "oauth_app_set", "oauth_app_removed",
        "connection_circuit_opened", "connection_circuit_closed",
        "rule_created", "rule_changed", "rule_disabled", "rule_enabled", "rule_deleted",
        "source_created", "source_changed", "source_disabled", "source_enabled", "source_deleted", "source_secret_rotated",
        "event_type_created", "event_type_changed", "event_type_schema_added", "event_type_archived", "event_type_restored",
        "provider_trusted", "provider_changed", "provider_removed",
        "issuer_key_added", "issuer_key_retired", "token_revoked", "tokens_revoked_before",
        "service_account_created", "service_account_changed", "service_account_credential_added", "service_account_credential_revoked", "service_account_deleted",
        "replay_started", "replay_cancelled", "replay_finished",
        "secret_created", "secret_version_added", "secret_version_revoked", "secret_deleted",
        "workspace_suspended", "workspace_resumed", "workspace_closing", "workspace_closing_cancelled", "workspace_purging",
        "workspace_origins_changed", "workspace_witnesses_changed", "workspace_redaction_changed", "elevation_requested", "elevation_approved", "elevation_refused", "elevation_ended",
    ];

    /// <summary>Those that give, and take nothing from anybody: who has not heard of them yet allows too little, not too much. Whatever is new is none of them until it is written here.</summary>
    private static readonly HashSet<string> Giving =
    [
        "workspace_created", "workspace_plan_changed", "workspace_limits_changed", "workspace_witnesses_changed", "workspace_resumed", "workspace_closing_cancelled",
        "api_key_issued", "member_added", "platform_admin_added",
        "connection_created", "connection_enabled", "connection_circuit_opened", "connection_circuit_closed",
        "rule_created", "rule_changed", "rule_disabled", "rule_enabled", "rule_deleted", // routing reads the feed itself, in its order
        "source_created", "source_enabled",
        "event_type_created", "event_type_changed", "event_type_schema_added", "event_type_archived", "event_type_restored",
        "provider_trusted", "issuer_key_added", "service_account_created", "service_account_credential_added",
        "replay_started", "replay_cancelled", "replay_finished",
        "secret_created", "secret_version_added", "elevation_requested", "elevation_approved", "elevation_refused",
    ];

    /// <summary>Those that take something away, or may: a right, a key, a secret. An index that has not heard of one is not relied on.</summary>
    public static readonly IReadOnlyList<string> Taking = [.. Types.Where(t => !Giving.Contains(t))];
}

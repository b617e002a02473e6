namespace EventMesh.Api.Features.Audit.Sentences;

internal static class OfConfiguration
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["rule_created"] = "{actor} created the rule {stream}, named {name}, to {connections}.",
        ["rule_changed"] = "{actor} changed the rule {stream}, named {name}, to {connections}.",
        ["rule_disabled"] = "{actor} disabled the rule {stream}.",
        ["rule_enabled"] = "{actor} enabled the rule {stream}.",
        ["rule_deleted"] = "{actor} deleted the rule {stream}.",
        ["event_type_created"] = "{actor} described the event type {name}.",
        ["event_type_changed"] = "{actor} changed what is said of the event type {stream}.",
        ["event_type_schema_added"] = "{actor} gave the event type {stream} the schema number {number}.",
        ["event_type_archived"] = "{actor} archived the event type {stream}.",
        ["event_type_restored"] = "{actor} restored the event type {stream}.",
        ["source_created"] = "{actor} created the source {stream}, named {settings.name}.",
        ["source_changed"] = "{actor} changed the source {stream}, named {settings.name}.",
        ["source_disabled"] = "{actor} disabled the source {stream}.",
        ["source_enabled"] = "{actor} enabled the source {stream}.",
        ["source_deleted"] = "{actor} deleted the source {stream}.",
        ["source_secret_rotated"] = "{actor} gave the source {stream} a new secret; the one before holds until {old_until}.",
        ["secret_created"] = "{actor} created the secret {name}.",
        ["secret_version_added"] = "{actor} gave the secret {name} its version {version}.",
        ["secret_version_revoked"] = "{actor} revoked version {version} of the secret {name}.",
        ["secret_deleted"] = "{actor} deleted the secret {name}.",
        ["secret_used"] = "{actor} used version {version} of the secret {secret} {count|time|times} for {purpose}.",
        ["secret_access_refused"] = "{actor} refused the run {run} the secret {asked} {count|time|times}, as it is not its own.",
        ["workspace_created"] = "{actor} created the workspace {id}, named {name}, on the plan {plan}.",
        ["workspace_plan_changed"] = "{actor} put the workspace on the plan {plan}.",
        ["workspace_limits_changed"] = "{actor} changed the limits of the workspace.",
        ["workspace_origins_changed"] = "{actor} changed which web pages may call: {origins}.",
        ["workspace_redaction_changed"] = "{actor} changed what is redacted in bodies that are shown.",
        ["workspace_witnesses_changed"] = "{actor} changed who is sent the checkpoints of the history: {urls}.",
        ["workspace_suspended"] = "{actor} suspended the workspace[ ({reason})].",
        ["workspace_resumed"] = "{actor} let the workspace go on.",
        ["workspace_closing"] = "{actor} closed the workspace; it can be taken back until {until}.",
        ["workspace_closing_cancelled"] = "{actor} took back that the workspace is closed.",
        ["workspace_purging"] = "{actor} began to destroy what the workspace holds.",
    };
}

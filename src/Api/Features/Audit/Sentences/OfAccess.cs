namespace EventMesh.Api.Features.Audit.Sentences;

internal static class OfAccess
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["api_key_issued"] = "{actor} issued the API key {stream}, named {name}[, with the roles {roles}].",
        ["api_key_roles_changed"] = "{actor} gave the API key {stream} the roles {roles}.",
        ["api_key_revoked"] = "{actor} revoked the API key {stream}.",
        ["member_added"] = "{actor} made {stream} a member with the roles {roles}.",
        ["member_changed"] = "{actor} gave the member {stream} the roles {roles}.",
        ["member_removed"] = "{actor} removed the member {stream}.",
        ["platform_admin_added"] = "{actor} made {stream} an admin of the platform.",
        ["platform_admin_removed"] = "{actor} removed the platform's admin {stream}.",
        ["service_account_created"] = "{actor} created the service account {stream}, named {name}, with the roles {roles}.",
        ["service_account_changed"] = "{actor} changed the service account {stream}, named {name}, with the roles {roles}.",
        ["service_account_credential_added"] = "{actor} gave the service account {stream} the credential {credential.id}.",
        ["service_account_credential_revoked"] = "{actor} revoked the credential {credential_id} of the service account {stream}.",
        ["service_account_deleted"] = "{actor} deleted the service account {stream}.",
        ["token_revoked"] = "{actor} revoked a token of {subject}.",
        ["tokens_revoked_before"] = "{actor} revoked every token of {stream} that was issued before.",
        ["issuer_key_added"] = "{actor} added the key {kid} to the workspace's issuer.",
        ["issuer_key_retired"] = "{actor} retired the key {kid} of the workspace's issuer.",
        ["provider_trusted"] = "{actor} trusted the identity provider {settings.name} ({settings.issuer}).",
        ["provider_changed"] = "{actor} changed the trusted identity provider {settings.name} ({settings.issuer}).",
        ["provider_removed"] = "{actor} trusts the identity provider {stream} no more.",
        ["elevation_requested"] = "{admin} asked to act in the workspace as {roles} for {duration_seconds|second|seconds}.",
        ["elevation_approved"] = "{by} allowed {admin} to act in the workspace as {roles} until {ends_at}.",
        ["elevation_refused"] = "{by} refused the elevation {stream}.",
        ["elevation_ended"] = "{by} ended the elevation {stream} of {admin}.",
        ["access_refused"] = "{actor} was refused {count|time|times}[ what needs {permission}][ on {resource}] ({reason}).",
        ["data_key_created"] = "{actor} made the data key number {number} of the workspace.",
        ["data_key_rotated"] = "{actor} began to seal with the data key number {number}.",
        ["data_key_retired"] = "{actor} destroyed the data key number {number}.",
        ["master_key_rotated"] = "{actor} began to wrap data keys with the master key {master_key}.",
    };
}

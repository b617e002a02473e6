namespace EventMesh.Api.Features.Audit.Sentences;

internal static class OfConnections
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["connection_created"] = "{actor} created the connection {stream}, named {name}, to {config.url}.",
        ["connection_changed"] = "{actor} changed the connection {stream}, named {name}, to {config.url}.",
        ["connection_disabled"] = "{actor} disabled the connection {stream} ({reason}).",
        ["connection_enabled"] = "{actor} enabled the connection {stream}.",
        ["connection_deleted"] = "{actor} deleted the connection {stream}.",
        ["connection_secret_rotated"] = "{actor} gave the connection {stream} a new signing secret; the one before holds for {overlap_seconds|second|seconds} more.",
        ["connection_credential_set"] = "{actor} gave the connection {stream} a credential of the kind {credential.kind}.",
        ["connection_credential_revoked"] = "{actor} revoked the credential of the connection {stream}.",
        ["connection_authorized"] = "{actor} authorized the connection {stream} at {provider}.",
        ["connection_needs_attention"] = "{actor} can get no new token for the connection {stream}, which has to be authorized again ({reason}: {error}).",
        ["connection_token_refreshed"] = "{actor} got a new token from {provider} for the connection {connection}.",
        ["connection_tokens_destroyed"] = "{actor} destroyed the tokens of {provider} that the connection {connection} had.",
        ["connection_circuit_opened"] = "{actor} paused the connection {connection} until {until}, after {failures} of {attempts|attempt|attempts} failed.",
        ["connection_circuit_closed"] = "{actor} let deliveries to the connection {connection} go on ({reason}).",
        ["connect_session_created"] = "{actor} made a link by which somebody may connect {connection} to {provider}.",
        ["connect_session_used"] = "Somebody used the link {stream} to connect.",
        ["oauth_app_set"] = "{actor} registered an app with {provider}.",
        ["oauth_app_removed"] = "{actor} removed the app that {stream} stands for.",
    };
}

using System.Text.Json;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Audit;

/// <summary>Who and what an event speaks of, by its stream and the ids in its data.</summary>
internal static class AuditNames
{
    private static readonly (string Prefix, string Kind)[] Kinds =
    [
        ("con_", "connection"), ("rul_", "rule"), ("evt_", "event"), ("dlv_", "delivery"), ("key_", "key"), ("usr_", "member"), ("adm_", "admin"), ("sa_", "service_account"),
        ("src_", "source"), ("typ_", "event_type"), ("sct_", "secret"), ("rpl_", "replay"), ("elv_", "elevation"), ("idp_", "identity_provider"), ("oap_", "oauth_app"),
        ("cns_", "connect_session"), ("exp_", "export"), ("consumer-", "consumer"), ("prd_", "payload_read"), ("tok_", "token"), ("crd_", "credential"), ("limit_", "limit"), ("projection-", "projection"), ("purge-", "purge"),
    ];

    /// <summary>Whose names say nothing of a person.</summary>
    private static readonly string[] Named = ["con_", "rul_", "key_", "sa_", "src_", "typ_", "sct_", "idp_"];

    /// <summary>Who did it; null when nobody is known to have.</summary>
    public static string? ActorOf(StoredEvent stored, JsonElement data) => stored.Type == "access_refused" ? Text(data, "actor") : stored.Actor;

    public static string KindOfActor(string? id) => id switch
    {
        null or "unknown" => "unknown",
        "several" => "several",
        "eventmesh" => "platform",
        "admin" => "admin",
        _ => KindOf(id) ?? "other",
    };

    /// <summary>What it happened to: what the event names where its stream is but the place it is told in.</summary>
    public static (string Id, string Kind)? ResourceOf(StoredEvent stored, JsonElement data)
    {
        var named = stored.Type switch
        {
            "access_refused" => Text(data, "resource"),
            "raw_data_revealed" or "elevation_used" => Text(data, "of"),
            "secret_used" => Text(data, "secret"),
            "secret_access_refused" => Text(data, "asked"),
            "secret_created" or "secret_version_added" or "secret_version_revoked" or "secret_deleted" => Text(data, "name"),
            "connection_circuit_opened" or "connection_circuit_closed" or "connection_token_refreshed" or "connection_tokens_destroyed" => Text(data, "connection"),
            "issuer_key_added" or "issuer_key_retired" => Text(data, "kid"),
            _ => stored.Stream,
        };
        if (named is null || stored.Type == "history_read") return null;
        return (named, stored.Type switch
        {
            _ when stored.Type.StartsWith("secret_", StringComparison.Ordinal) => "secret",
            _ when stored.Type.StartsWith("issuer_key_", StringComparison.Ordinal) => "issuer_key",
            _ => KindOf(named) ?? named.Replace('-', '_'),
        });
    }

    /// <summary>Whether a stream tells a name that may be shown.</summary>
    public static bool HasName(string id) => Named.Any(p => id.StartsWith(p, StringComparison.Ordinal));

    /// <summary>The last name that a stream's events give; null when they give none.</summary>
    public static string? NameIn(IEnumerable<StoredEvent> events)
    {
        foreach (var stored in events.Reverse())
        {
            using var data = JsonDocument.Parse(stored.Data);
            if (Text(data.RootElement, "name") is { } name) return name;
            if (data.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("settings", out var settings) && Text(settings, "name") is { } inside) return inside;
        }
        return null;
    }

    private static string? KindOf(string id) => Kinds.Where(k => id.StartsWith(k.Prefix, StringComparison.Ordinal)).Select(k => k.Kind).FirstOrDefault();

    private static string? Text(JsonElement data, string member) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Api.Edge;
using EventMesh.Connectors;

namespace EventMesh.Api.Features.Audit;

/// <summary>What was stored of an event, without what an auditor has no use for and others could use: digests of tokens, sealed values, and headers' secrets of before they were kept apart.</summary>
internal static class AuditData
{
    private static readonly string[] Hidden = ["sha256", "token_sha256", "sealed_subject"];

    public static JsonElement Shown(string type, JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object || type == "event_published" || type.StartsWith("delivery_", StringComparison.Ordinal)) return data;
        var shown = JsonObject.Create(data)!;
        Hide(shown);
        if (shown["settings"] is JsonObject settings) Hide(settings);
        if (shown["credential"] is JsonObject credential) Hide(credential);
        if (shown["config"] is JsonObject { } config && config["headers"] is JsonObject headers)
            foreach (var name in headers.Select(h => h.Key).Where(SecretHeaderNames.Contain).ToArray()) headers[name] = SecretHeaderNames.Mask;
        return JsonSerializer.SerializeToElement(shown, EdgeJson.Options);
    }

    private static void Hide(JsonObject of)
    {
        foreach (var member in Hidden) of.Remove(member);
    }
}

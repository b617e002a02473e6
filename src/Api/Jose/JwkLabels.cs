using System.Text.Json;

namespace EventMesh.Api.Jose;

/// <summary>What a key says about itself (RFC 7517 §4).</summary>
/// <param name="Use"><c>sig</c> or <c>enc</c>.</param>
/// <param name="Operations">Its <c>key_ops</c>: <c>verify</c>, …</param>
/// <param name="Algorithm">The one algorithm it is for.</param>
public sealed record JwkLabels(string? Kid, string? Use, IReadOnlyList<string>? Operations, string? Algorithm)
{
    /// <summary>Null when a label is something other than it must be.</summary>
    internal static JwkLabels? Read(JsonElement json)
    {
        if (!StrictJson.TryText(json, "kid", out var kid) || kid is { Length: > Jwk.KidCharsMax }) return null;
        if (!StrictJson.TryText(json, "use", out var use) || !StrictJson.TryText(json, "alg", out var algorithm)) return null;
        if (!json.TryGetProperty("key_ops", out var list)) return new(kid, use, null, algorithm);
        return list.ValueKind == JsonValueKind.Array && StrictJson.TryTexts(list, out var operations) && operations.Distinct().Count() == operations.Length
            ? new(kid, use, operations, algorithm) : null;
    }

    internal void WriteTo(Utf8JsonWriter json)
    {
        if (Kid is not null) json.WriteString("kid", Kid);
        if (Use is not null) json.WriteString("use", Use);
        if (Algorithm is not null) json.WriteString("alg", Algorithm);
        if (Operations is null) return;
        json.WriteStartArray("key_ops");
        foreach (var operation in Operations) json.WriteStringValue(operation);
        json.WriteEndArray();
    }
}

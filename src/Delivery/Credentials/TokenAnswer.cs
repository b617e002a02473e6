using System.Globalization;
using System.Text.Json;
using EventMesh.Connectors;

namespace EventMesh.Delivery.Credentials;

/// <summary>Reads what a token endpoint answered (RFC 6749 §5). Of a refusal nothing is passed on but its status and its code: a description might quote the request.</summary>
internal static class TokenAnswer
{
    /// <summary>Assumed where the endpoint names none (§5.1 only recommends it).</summary>
    public static readonly TimeSpan LifetimeDefault = TimeSpan.FromHours(1);

    public static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(1);
    private const int CodeCharsMax = 64;

    /// <returns>The token and how long it holds; or no token and what went wrong, as the end of a sentence.</returns>
    public static (string? Token, TimeSpan Lifetime, string? Error) Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (status != 200) return Wrong($"answered {status}{(TextOf(root, "error") is { } code && IsCode(code) ? $" ({code})" : "")}");
            if (TextOf(root, "access_token") is not { Length: > 0 } token) return Wrong("answered without an access_token");
            if (TextOf(root, "token_type") is { } type && !type.Equals("bearer", StringComparison.OrdinalIgnoreCase)) return Wrong("gave a token that is no bearer token");
            if (!Authorization.Fits("Bearer " + token)) return Wrong("gave a token that fits into no header");
            return (token, LifetimeOf(root), null);
        }
        catch (JsonException)
        {
            return Wrong(status == 200 ? "answered with something that is not JSON" : $"answered {status}");
        }

        static (string?, TimeSpan, string?) Wrong(string error) => (null, default, error);
    }

    private static TimeSpan LifetimeOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("expires_in", out var expires)) return LifetimeDefault;
        // Some write the number as a string.
        var text = expires.ValueKind == JsonValueKind.String ? expires.GetString() : expires.GetRawText();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LifetimeMax.TotalSeconds))
            : LifetimeDefault;
    }

    private static string? TextOf(JsonElement root, string member) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsCode(string code) => code.Length is > 0 and <= CodeCharsMax && code.All(c => char.IsAsciiLetterLower(c) || c == '_');
}

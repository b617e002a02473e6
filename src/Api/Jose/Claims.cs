using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace EventMesh.Api.Jose;

/// <summary>What a token claims (RFC 7519 §4): a JSON object.</summary>
public sealed class Claims
{
    /// <summary>How far clocks may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    // 9999-12-31: past it, the date cannot be told.
    private const double LatestSeconds = 253_402_300_799;

    private Claims(JsonElement json) => Json = json;

    public JsonElement Json { get; }

    /// <summary>A claim that is a string; null when it is absent or something else.</summary>
    public string? Text(string name) => StrictJson.TryText(Json, name, out var text) ? text : null;

    public static bool TryRead(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out Claims? claims, out TokenRefusal refusal)
    {
        claims = StrictJson.Object(payload, out var ambiguous) is { } json ? new(json) : null;
        refusal = ambiguous ? TokenRefusal.Ambiguous : TokenRefusal.NotJson;
        return claims is not null;
    }

    /// <summary>
    /// Whether the token is from <paramref name="issuer"/>, for one of <paramref name="audiences"/>, and for now: <c>iss</c>, <c>aud</c> and <c>exp</c> must be there and hold,
    /// <c>nbf</c> and <c>iat</c> must hold where they are there. Times may be off by <see cref="Skew"/>.
    /// </summary>
    /// <returns>Null when all of it holds.</returns>
    public TokenRefusal? Check(string issuer, IReadOnlyCollection<string> audiences, DateTimeOffset now)
    {
        if (!StrictJson.TryText(Json, "iss", out var iss)) return TokenRefusal.ClaimMalformed;
        if (!string.Equals(iss, issuer, StringComparison.Ordinal)) return TokenRefusal.IssuerWrong;
        if (!StrictJson.TryTexts(Json, "aud", out var aud)) return TokenRefusal.ClaimMalformed;
        if (aud is null) return TokenRefusal.AudienceMissing;
        if (!aud.Any(one => audiences.Contains(one, StringComparer.Ordinal))) return TokenRefusal.AudienceWrong;
        return CheckTimes(now);
    }

    private TokenRefusal? CheckTimes(DateTimeOffset now)
    {
        var (at, skew) = (now.ToUnixTimeMilliseconds() / 1000.0, Skew.TotalSeconds);
        if (!TryTime("exp", out var exp) || !TryTime("nbf", out var nbf) || !TryTime("iat", out var iat)) return TokenRefusal.ClaimMalformed;
        if (exp is null) return TokenRefusal.ExpiryMissing;
        if (at >= exp + skew) return TokenRefusal.Expired;
        if (at < nbf - skew) return TokenRefusal.NotYetValid;
        return at < iat - skew ? TokenRefusal.IssuedInFuture : null;
    }

    /// <summary>A NumericDate (RFC 7519 §2): seconds since 1970, a number and not a string, perhaps with a fraction.</summary>
    private bool TryTime(string name, out double? seconds)
    {
        seconds = null;
        if (!Json.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is not (>= 0 and <= LatestSeconds)) return false;
        seconds = number;
        return true;
    }
}

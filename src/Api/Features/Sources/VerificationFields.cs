using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Api.Edge;
using EventMesh.Api.Inbound;
using EventMesh.Connectors;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Features.Sources;

/// <summary>How requests prove whose they are, as it is sent and shown. Each kind has its own members: see docs/inbound.md.</summary>
/// <param name="Kind"><c>standard_webhooks</c>, <c>hmac</c>, <c>github</c>, <c>stripe</c>, <c>slack</c>, <c>basic</c>, <c>api_key</c> or <c>ed25519</c>.</param>
public sealed record VerificationFields(
    string? Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ToleranceSeconds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Algorithm = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Encoding = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Header = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Prefix = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Signed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TimestampHeader = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TimestampFormat = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Username = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Query = null)
{
    private const int TextCharsMax = 200;

    /// <summary>The kinds, with the members each has.</summary>
    public static readonly IReadOnlyDictionary<VerificationKind, string[]> MembersOf = new Dictionary<VerificationKind, string[]>
    {
        [VerificationKind.StandardWebhooks] = ["tolerance_seconds"],
        [VerificationKind.Hmac] = ["algorithm", "encoding", "header", "prefix", "signed", "timestamp_header", "timestamp_format", "tolerance_seconds"],
        [VerificationKind.Ed25519] = ["encoding", "header", "prefix", "signed", "timestamp_header", "timestamp_format", "tolerance_seconds"],
        [VerificationKind.Github] = [],
        [VerificationKind.Stripe] = ["tolerance_seconds"],
        [VerificationKind.Slack] = ["tolerance_seconds"],
        [VerificationKind.Basic] = ["username"],
        [VerificationKind.ApiKey] = ["header", "query", "prefix"],
    };

    public static VerificationFields Of(SourceVerification v) => new(
        Name(v.Kind), v.ToleranceSeconds, v.Algorithm is { } a ? Name(a) : null, v.Encoding is { } e ? Name(e) : null, v.Header, v.Prefix, v.Signed,
        v.TimestampHeader, v.TimestampFormat is { } f ? Name(f) : null, v.Username, v.Query);

    /// <summary>Null when the kind is none; what else is wrong is in <paramref name="checks"/>.</summary>
    internal SourceVerification? Validated(Checks checks)
    {
        if (One<VerificationKind>(Kind, "kind", null, checks) is not { } kind) return null;
        foreach (var (member, value) in Given())
            checks.That(value is null || MembersOf[kind].Contains(member), "verification." + member, $"is not for {Kind}");
        Texts(checks);
        var tolerance = kind is VerificationKind.StandardWebhooks or VerificationKind.Stripe or VerificationKind.Slack || TimestampHeader is not null ? ToleranceSeconds ?? Timestamp.ToleranceSecondsDefault : (int?)null;
        checks.That(ToleranceSeconds is null or (>= 1 and <= Timestamp.ToleranceSecondsMax), "verification.tolerance_seconds", $"must be from 1 to {Timestamp.ToleranceSecondsMax}");
        switch (kind)
        {
            case VerificationKind.Hmac: return SignedHeader(kind, One<HmacAlgorithm>(Algorithm, "algorithm", HmacAlgorithm.Sha256, checks), tolerance, checks);
            case VerificationKind.Ed25519:
                checks.That(Ed25519.IsSupported, "verification.kind", "is not available: this machine has no OpenSSL 1.1.1 or newer");
                return SignedHeader(kind, null, tolerance, checks);
            case VerificationKind.Basic:
                checks.That(!string.IsNullOrEmpty(Username), "verification.username", "is required");
                checks.That(Username?.Contains(':', StringComparison.Ordinal) != true, "verification.username", "may not contain a colon (RFC 7617)");
                return new(kind, Username: Username);
            case VerificationKind.ApiKey:
                checks.That(Header is null != Query is null, "verification.header", "or query is required, and not both");
                checks.That(Prefix is null || Header is not null, "verification.prefix", "belongs to header");
                return new(kind, Header: Header, Prefix: Prefix, Query: Query);
            default: return new(kind, tolerance);
        }
    }

    private SourceVerification SignedHeader(VerificationKind kind, HmacAlgorithm? algorithm, int? tolerance, Checks checks)
    {
        var encoding = One<SignatureEncoding>(Encoding, "encoding", SignatureEncoding.Hex, checks);
        var format = One<TimestampFormat>(TimestampFormat, "timestamp_format", Domain.Sources.TimestampFormat.Unix, checks);
        checks.That(!string.IsNullOrEmpty(Header), "verification.header", "is required");
        checks.That(TimestampHeader is not null || (TimestampFormat is null && ToleranceSeconds is null), "verification.timestamp_header", "is required where timestamp_format or tolerance_seconds is given");
        var signed = Signed ?? (TimestampHeader is null ? SignatureHeader.Body : $"{SignatureHeader.Timestamp}.{SignatureHeader.Body}");
        var (bodies, times) = (Count(signed, SignatureHeader.Body), Count(signed, SignatureHeader.Timestamp));
        checks.That(bodies == 1, "verification.signed", $"must contain {SignatureHeader.Body} once");
        checks.That(times == (TimestampHeader is null ? 0 : 1), "verification.signed",
            TimestampHeader is null ? $"contains {SignatureHeader.Timestamp}, but there is no timestamp_header" : $"must contain {SignatureHeader.Timestamp} once: a time that is not signed proves nothing");
        checks.That(signed.Count(c => c is '{' or '}') == 2 * (bodies + times), "verification.signed", $"may contain {SignatureHeader.Body} and {SignatureHeader.Timestamp}, and no other braces");
        return new(kind, tolerance, algorithm, encoding, Header, Prefix, signed, TimestampHeader, TimestampHeader is null ? null : format);
    }

    private void Texts(Checks checks)
    {
        foreach (var (member, value) in Given())
        {
            if (value is not string text || member is "algorithm" or "encoding" or "timestamp_format") continue;
            if (member is "header" or "timestamp_header")
            {
                if (HeaderNames.Check(text) is { } reason) checks.Add("verification." + member, reason);
            }
            else if (checks.That(text.Length is > 0 and <= TextCharsMax, "verification." + member, $"has 1 to {TextCharsMax} characters"))
            {
                checks.That(Checks.IsText(text), "verification." + member, "may not contain control characters or unpaired surrogates");
            }
        }
    }

    private IEnumerable<(string Member, object? Value)> Given() =>
    [
        ("tolerance_seconds", ToleranceSeconds), ("algorithm", Algorithm), ("encoding", Encoding), ("header", Header), ("prefix", Prefix), ("signed", Signed),
        ("timestamp_header", TimestampHeader), ("timestamp_format", TimestampFormat), ("username", Username), ("query", Query),
    ];

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;

    private static T? One<T>(string? name, string member, T? otherwise, Checks checks) where T : struct, Enum
    {
        if (name is null && otherwise is not null) return otherwise;
        foreach (var value in Enum.GetValues<T>())
            if (Name(value) == name) return value;
        var all = string.Join(", ", Enum.GetValues<T>().Select(v => Name(v)));
        checks.Add("verification." + member, name is null ? $"is required: one of {all}" : $"must be one of {all}");
        return null;
    }

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

using System.Text;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>A signature in a header of its own, over the body or over a text around it: GitHub, Slack, Shopify and most others differ only in the settings.</summary>
internal static class SignatureHeader
{
    public const string Body = "{body}";
    public const string Timestamp = "{timestamp}";

    /// <summary>https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries</summary>
    public static readonly SourceVerification Github = new(VerificationKind.Hmac, null, HmacAlgorithm.Sha256, SignatureEncoding.Hex, "X-Hub-Signature-256", "sha256=", Body);

    /// <summary>https://docs.slack.dev/authentication/verifying-requests-from-slack; the tolerance is the source's own.</summary>
    public static readonly SourceVerification Slack = new(
        VerificationKind.Hmac, null, HmacAlgorithm.Sha256, SignatureEncoding.Hex, "X-Slack-Signature", "v0=", $"v0:{Timestamp}:{Body}", "X-Slack-Request-Timestamp", TimestampFormat.Unix);

    public static Refusal? Check(SourceVerification how, IReadOnlyList<VerifyingKey> keys, Arrived arrived)
    {
        if (arrived.One(how.Header!, out var signature) is { } without) return without;
        var time = "";
        if (how.TimestampHeader is { } header && (arrived.One(header, out time) ?? Inbound.Timestamp.Check(time, how.TimestampFormat ?? TimestampFormat.Unix, how.ToleranceSeconds, arrived.At)) is { } refused)
            return refused;
        var prefix = how.Prefix ?? "";
        if (!signature.StartsWith(prefix, StringComparison.Ordinal)) return Refusal.Malformed;
        var (parts, given) = (Parts(how.Signed!, time, arrived.Body), signature[prefix.Length..]);
        var fits = how.Kind == VerificationKind.Ed25519 ? Signature.FitsPublic(how.Encoding!.Value, keys, parts, [given]) : Signature.Fits(how.Algorithm!.Value, how.Encoding!.Value, keys, parts, [given]);
        return fits ? null : Refusal.Mismatch;
    }

    private static ReadOnlyMemory<byte>[] Parts(string signed, string timestamp, ReadOnlyMemory<byte> body)
    {
        var at = signed.IndexOf(Body, StringComparison.Ordinal);
        return [Text(signed[..at]), body, Text(signed[(at + Body.Length)..])];

        ReadOnlyMemory<byte> Text(string around) => Encoding.UTF8.GetBytes(around.Replace(Timestamp, timestamp, StringComparison.Ordinal));
    }
}

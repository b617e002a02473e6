using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>Whether a request proves that it comes from its source: over the bytes as they came, before anything reads them.</summary>
public static class Verifier
{
    /// <param name="keys">Those that hold now, as the kind takes them: see <see cref="SecretRules.Key"/>.</param>
    /// <returns>Why it does not; null when it does.</returns>
    public static Refusal? Check(SourceVerification how, IReadOnlyList<VerifyingKey> keys, Arrived arrived) => how.Kind switch
    {
        VerificationKind.StandardWebhooks => StandardHeaders.Check(how, keys, arrived),
        VerificationKind.Hmac or VerificationKind.Ed25519 => SignatureHeader.Check(how, keys, arrived),
        VerificationKind.Github => SignatureHeader.Check(SignatureHeader.Github, keys, arrived),
        VerificationKind.Stripe => StripeHeader.Check(how, keys, arrived),
        VerificationKind.Slack => SignatureHeader.Check(SignatureHeader.Slack with { ToleranceSeconds = how.ToleranceSeconds }, keys, arrived),
        VerificationKind.Basic => Credentials.Basic(how, keys, arrived),
        VerificationKind.ApiKey => Credentials.ApiKey(how, keys, arrived),
        _ => throw new InvalidOperationException($"No verification for {how.Kind}."),
    };
}

/// <summary>What a secret of a source is to a verification.</summary>
/// <param name="IsPublic">Whether it is an Ed25519 public key: it proves, and cannot sign.</param>
public readonly record struct VerifyingKey(byte[] Bytes, bool IsPublic = false);

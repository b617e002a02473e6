using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>Whether a request proves that it comes from its source: over the bytes as they came, before anything reads them.</summary>
public static class Verifier
{
    /// <param name="secrets">Those that hold now, as the kind takes them: see <see cref="SecretRules.Key"/>.</param>
    /// <returns>Why it does not; null when it does.</returns>
    public static Refusal? Check(SourceVerification how, IReadOnlyList<byte[]> secrets, Arrived arrived) => how.Kind switch
    {
        VerificationKind.StandardWebhooks => StandardHeaders.Check(how, secrets, arrived),
        VerificationKind.Hmac => HmacHeader.Check(how, secrets, arrived),
        VerificationKind.Github => HmacHeader.Check(HmacHeader.Github, secrets, arrived),
        VerificationKind.Stripe => StripeHeader.Check(how, secrets, arrived),
        VerificationKind.Slack => HmacHeader.Check(HmacHeader.Slack with { ToleranceSeconds = how.ToleranceSeconds }, secrets, arrived),
        VerificationKind.Basic => Credentials.Basic(how, secrets, arrived),
        VerificationKind.ApiKey => Credentials.ApiKey(how, secrets, arrived),
        _ => throw new InvalidOperationException($"No verification for {how.Kind}."),
    };
}

using System.Text;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>
/// <c>Stripe-Signature: t=1492774577,v1=…,v1=…,v0=…</c> over <c>{t}.{body}</c> (https://docs.stripe.com/webhooks/signature). Several v1 while Stripe rotates
/// its secret; v0 is for its test mode and proves nothing.
/// </summary>
internal static class StripeHeader
{
    public static Refusal? Check(SourceVerification how, IReadOnlyList<VerifyingKey> secrets, Arrived arrived)
    {
        if (arrived.One("Stripe-Signature", out var header) is { } without) return without;
        string? time = null;
        var given = new List<string>();
        foreach (var part in header.Split(',', Signature.GivenMax * 2, StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("v1=", StringComparison.Ordinal)) given.Add(part[3..]);
            if (!part.StartsWith("t=", StringComparison.Ordinal)) continue;
            // One of two times would be the signed one, and the other the checked one.
            if (time is not null) return Refusal.Malformed;
            time = part[2..];
        }
        if (time is null || given.Count == 0) return Refusal.Malformed;
        return Timestamp.Check(time, TimestampFormat.Unix, how.ToleranceSeconds, arrived.At)
            ?? (Signature.Fits(HmacAlgorithm.Sha256, SignatureEncoding.Hex, secrets, [Encoding.UTF8.GetBytes(time + "."), arrived.Body], given) ? null : Refusal.Mismatch);
    }
}

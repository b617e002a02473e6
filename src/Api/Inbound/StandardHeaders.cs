using System.Text;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>
/// Standard Webhooks 1.0, symmetric and asymmetric (https://www.standardwebhooks.com): <c>{id}.{timestamp}.{body}</c>, several signatures separated by spaces.
/// Svix sends the same under names of its own.
/// </summary>
internal static class StandardHeaders
{
    private const string Version = "v1,";
    private const string AsymmetricVersion = "v1a,";

    /// <summary>The header that holds the provider's id of the event.</summary>
    public static string IdHeader(IHeaderDictionary headers) => Names(headers).Id;

    public static Refusal? Check(SourceVerification how, IReadOnlyList<VerifyingKey> keys, Arrived arrived)
    {
        var names = Names(arrived.Headers);
        if (arrived.One(names.Id, out var id) is { } withoutId) return withoutId;
        if (arrived.One(names.Timestamp, out var time) is { } withoutTime) return withoutTime;
        if (arrived.One(names.Signature, out var signatures) is { } withoutSignature) return withoutSignature;
        if (Timestamp.Check(time, TimestampFormat.Unix, how.ToleranceSeconds, arrived.At) is { } refused) return refused;
        ReadOnlyMemory<byte>[] parts = [Encoding.UTF8.GetBytes($"{id}.{time}."), arrived.Body];
        var all = signatures.Split(' ', Signature.GivenMax + 1);
        var (shared, asymmetric) = (Of(Version), Of(AsymmetricVersion));
        if (shared.Length + asymmetric.Length == 0) return Refusal.Malformed;
        return Signature.Fits(HmacAlgorithm.Sha256, SignatureEncoding.Base64, keys, parts, shared) | Signature.FitsPublic(SignatureEncoding.Base64, keys, parts, asymmetric) ? null : Refusal.Mismatch;

        string[] Of(string version) => [.. all.Where(s => s.StartsWith(version, StringComparison.Ordinal)).Select(s => s[version.Length..])];
    }

    private static (string Id, string Timestamp, string Signature) Names(IHeaderDictionary headers) =>
        headers.ContainsKey("webhook-id") || !headers.ContainsKey("svix-id")
            ? ("webhook-id", "webhook-timestamp", "webhook-signature")
            : ("svix-id", "svix-timestamp", "svix-signature");
}

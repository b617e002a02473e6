using System.Security.Cryptography;
using System.Text;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>Kinds that show a secret instead of signing with it: whoever reads one request can send the next.</summary>
internal static class Credentials
{
    /// <summary>RFC 7617: <c>Authorization: Basic base64(user:password)</c>.</summary>
    public static Refusal? Basic(SourceVerification how, IReadOnlyList<VerifyingKey> passwords, Arrived arrived)
    {
        const string scheme = "Basic ";
        if (arrived.One("Authorization", out var header) is { } without) return without;
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return Refusal.Malformed;
        var user = Encoding.UTF8.GetBytes(how.Username + ":");
        var expected = passwords.Select(p => Encoding.ASCII.GetBytes(Convert.ToBase64String([.. user, .. p.Bytes])));
        return Fits(Encoding.UTF8.GetBytes(header[scheme.Length..].Trim()), expected) ? null : Refusal.Mismatch;
    }

    /// <summary>A key in a header or in the query.</summary>
    public static Refusal? ApiKey(SourceVerification how, IReadOnlyList<VerifyingKey> keys, Arrived arrived)
    {
        string key;
        if (how.Query is { } parameter)
        {
            var values = arrived.Query[parameter];
            if (values.Count != 1 || values[0] is not { Length: > 0 } value) return values.Count > 1 ? Refusal.RepeatedHeader : Refusal.MissingHeader;
            key = value;
        }
        else if (arrived.One(how.Header!, out key) is { } without)
        {
            return without;
        }
        var prefix = how.Prefix ?? "";
        if (!key.StartsWith(prefix, StringComparison.Ordinal)) return Refusal.Malformed;
        return Fits(Encoding.UTF8.GetBytes(key[prefix.Length..]), keys.Select(k => k.Bytes)) ? null : Refusal.Mismatch;
    }

    // Digests have one length, so that not even the secret's is told by the time.
    private static bool Fits(ReadOnlySpan<byte> given, IEnumerable<byte[]> expected)
    {
        var digest = SHA256.HashData(given);
        var fits = false;
        foreach (var one in expected) fits |= CryptographicOperations.FixedTimeEquals(SHA256.HashData(one), digest);
        return fits;
    }
}

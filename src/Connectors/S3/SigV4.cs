using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Connectors.S3;

/// <summary>
/// AWS Signature Version 4 in the <c>Authorization</c> header ("Signature Version 4 signing process" and "Authenticating Requests" of Amazon's documentation). Paths are encoded once and not
/// normalized, as S3 has it.
/// </summary>
internal static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /// <summary>When, as the header <c>x-amz-date</c> says it.</summary>
    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    public static string Digest(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>Everything but letters, digits and <c>-._~</c> as %XX of its UTF-8 bytes.</summary>
    /// <param name="slashes">Whether slashes stay as they are.</param>
    public static string Encoded(string text, bool slashes = false)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var part in Encoding.UTF8.GetBytes(text))
        {
            if (Unreserved.Contains((char)part, StringComparison.Ordinal) || (slashes && part == '/')) encoded.Append((char)part);
            else encoded.Append(CultureInfo.InvariantCulture, $"%{part:X2}");
        }
        return encoded.ToString();
    }

    /// <summary>A query in the order in which it is signed; sent in the same.</summary>
    public static string Query(params ReadOnlySpan<(string Name, string Value)> query)
    {
        var pairs = new List<(string Name, string Value)>(query.Length);
        foreach (var (name, value) in query) pairs.Add((Encoded(name), Encoded(value)));
        pairs.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : string.CompareOrdinal(a.Value, b.Value));
        return string.Join('&', pairs.Select(p => $"{p.Name}={p.Value}"));
    }

    /// <summary>The value of the header <c>Authorization</c>.</summary>
    /// <param name="path">Encoded, from its first slash.</param>
    /// <param name="query">As <see cref="Query"/> gives it.</param>
    /// <param name="headers">Those to sign, <c>host</c> and <c>x-amz-date</c> among them; names in lower case.</param>
    /// <param name="bodySha256">In hexadecimal digits.</param>
    public static string Authorization(
        string method, string path, string query, IReadOnlyCollection<KeyValuePair<string, string>> headers, string bodySha256, S3Credential credential, string region, string service, DateTimeOffset at)
    {
        var ordered = headers.OrderBy(h => h.Key, StringComparer.Ordinal).ToArray();
        var names = string.Join(';', ordered.Select(h => h.Key));
        var canonical = $"{method}\n{path}\n{query}\n{string.Concat(ordered.Select(h => $"{h.Key}:{Collapsed(h.Value)}\n"))}\n{names}\n{bodySha256}";

        var date = Date(at);
        var scope = $"{date[..8]}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{date}\n{scope}\n{Digest(Encoding.UTF8.GetBytes(canonical))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + credential.SecretAccessKey);
        foreach (var narrower in new[] { date[..8], region, service, "aws4_request" }) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(narrower));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return $"{Algorithm} Credential={credential.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    private static string Collapsed(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

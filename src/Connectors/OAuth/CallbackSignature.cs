using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Connectors.OAuth;

/// <summary>Shopify's proof that a callback is its own: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant.</summary>
public static class CallbackSignature
{
    private const string Parameter = "hmac";

    /// <param name="query">Names and values as they are after decoding, each once.</param>
    public static bool Holds(IReadOnlyDictionary<string, string> query, OAuthClient client)
    {
        if (client.Secret is not { } secret || !query.TryGetValue(Parameter, out var given)) return false;
        var message = string.Join('&', query.Where(q => q.Key != Parameter).OrderBy(q => q.Key, StringComparer.Ordinal).Select(q => $"{q.Key}={q.Value}"));
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(message)));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
    }
}

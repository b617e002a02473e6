using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>What a secret of each kind looks like, and who makes it.</summary>
public static class SecretRules
{
    public const int CharsMin = 16;
    public const int CharsMax = 512;
    private const int KeyBytesMin = 16;
    private const int KeyBytesMax = 64;
    private const int MadeChars = 40;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Whether the provider makes the secret and shows it; else it may be made here and be given to the provider.</summary>
    public static bool IsGiven(VerificationKind kind) => kind is VerificationKind.Stripe or VerificationKind.Slack;

    public static string New(VerificationKind kind) => kind == VerificationKind.StandardWebhooks
        ? Signing.NewSecret(RandomNumberGenerator.GetBytes(32))
        : RandomNumberGenerator.GetString(Base62, MadeChars);

    /// <summary>Why a kind cannot take this secret; null when it can.</summary>
    public static string? Check(VerificationKind kind, string secret)
    {
        if (kind == VerificationKind.StandardWebhooks)
            return Standard(secret) is { Length: >= KeyBytesMin and <= KeyBytesMax } ? null : $"must be {Signing.SecretPrefix} and the base64 of {KeyBytesMin} to {KeyBytesMax} bytes";
        if (secret.Length is < CharsMin or > CharsMax) return $"has {CharsMin} to {CharsMax} characters";
        return Checks.IsText(secret) ? null : "may not contain control characters or unpaired surrogates";
    }

    /// <summary>The bytes that a digest is keyed or compared with.</summary>
    public static byte[] Key(VerificationKind kind, string secret) =>
        kind == VerificationKind.StandardWebhooks ? Standard(secret) ?? throw new FormatException("A stored secret is not base64.") : Encoding.UTF8.GetBytes(secret);

    private static byte[]? Standard(string secret)
    {
        var text = secret.StartsWith(Signing.SecretPrefix, StringComparison.Ordinal) ? secret[Signing.SecretPrefix.Length..] : secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) ? key[..length] : null;
    }
}

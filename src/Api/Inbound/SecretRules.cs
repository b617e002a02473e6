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
    public static bool IsGiven(VerificationKind kind) => kind is VerificationKind.Stripe or VerificationKind.Slack or VerificationKind.Ed25519;

    public static string New(VerificationKind kind) => kind == VerificationKind.StandardWebhooks
        ? Signing.NewSecret(RandomNumberGenerator.GetBytes(32))
        : RandomNumberGenerator.GetString(Base62, MadeChars);

    /// <summary>Why a kind cannot take this secret; null when it can.</summary>
    public static string? Check(VerificationKind kind, string secret) => kind switch
    {
        VerificationKind.StandardWebhooks when secret.StartsWith(SigningKey.PublicPrefix, StringComparison.Ordinal) => Public(secret) is null ? $"must be {SigningKey.PublicPrefix} and the base64 of {Ed25519.PublicKeyBytes} bytes" : null,
        VerificationKind.StandardWebhooks => Standard(secret) is { Length: >= KeyBytesMin and <= KeyBytesMax } ? null
            : $"must be {Signing.SecretPrefix} and the base64 of {KeyBytesMin} to {KeyBytesMax} bytes, or {SigningKey.PublicPrefix} and a public key",
        VerificationKind.Ed25519 => Public(secret) is null ? $"must be a public key of {Ed25519.PublicKeyBytes} bytes in hex or base64" : null,
        _ when secret.Length is < CharsMin or > CharsMax => $"has {CharsMin} to {CharsMax} characters",
        _ => Checks.IsText(secret) ? null : "may not contain control characters or unpaired surrogates",
    };

    /// <summary>What a secret that passed <see cref="Check"/> is to a verification.</summary>
    public static VerifyingKey Key(VerificationKind kind, string secret) => kind switch
    {
        VerificationKind.StandardWebhooks or VerificationKind.Ed25519 when Public(secret) is { } key && (kind == VerificationKind.Ed25519 || secret.StartsWith(SigningKey.PublicPrefix, StringComparison.Ordinal)) => new(key, IsPublic: true),
        VerificationKind.StandardWebhooks => new(Standard(secret) ?? throw new FormatException("A stored secret is not base64.")),
        _ => new(Encoding.UTF8.GetBytes(secret)),
    };

    private static byte[]? Standard(string secret) => FromBase64(secret.StartsWith(Signing.SecretPrefix, StringComparison.Ordinal) ? secret[Signing.SecretPrefix.Length..] : secret);

    private static byte[]? Public(string key)
    {
        var bytes = key.Length == 2 * Ed25519.PublicKeyBytes && key.All(char.IsAsciiHexDigit) ? Convert.FromHexString(key)
            : FromBase64(key.StartsWith(SigningKey.PublicPrefix, StringComparison.Ordinal) ? key[SigningKey.PublicPrefix.Length..] : key);
        return bytes?.Length == Ed25519.PublicKeyBytes ? bytes : null;
    }

    private static byte[]? FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}

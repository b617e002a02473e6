using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Api.Edge;
using EventMesh.Api.Jose;
using EventMesh.Connectors;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.ServiceAccounts;

/// <summary>A credential that is about to be.</summary>
/// <param name="Secret">For its owner's eyes, once.</param>
public sealed record NewCredential(ClientCredentialKind Kind, string? Secret, string? Sha256, string? Jwk, string? Kid)
{
    public const string SecretPrefix = "ems_";
    private const int RandomChars = 32;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // What only a private key, or a shared one, has (RFC 7518 §6).
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "k"];

    private static readonly NewCredential Wrong = new(ClientCredentialKind.Secret, null, null, null, null);

    public static NewCredential Of(string? kind, JsonElement? jwk, Checks checks)
    {
        if (!checks.That(kind is "secret" or "jwk", "kind", "must be secret or jwk")) return Wrong;
        if (kind == "jwk") return jwk is { } json ? Of(json, checks) : Missing();
        if (!checks.That(jwk is null, "jwk", "belongs to the kind jwk")) return Wrong;
        var secret = SecretPrefix + RandomNumberGenerator.GetString(Base62, RandomChars);
        return new(ClientCredentialKind.Secret, secret, Tokens.Sha256(secret), null, null);

        NewCredential Missing()
        {
            checks.Add("jwk", "is required for the kind jwk");
            return Wrong;
        }
    }

    private static NewCredential Of(JsonElement json, Checks checks)
    {
        if (json.ValueKind == JsonValueKind.Object && PrivateMembers.Any(m => json.TryGetProperty(m, out _)))
            return Refused("holds a private key, which has now been sent to somebody else: make a new one, and send its public half");
        if (!Jose.Jwk.TryRead(json, out var key, out var refusal)) return Refused($"is not a public key that is accepted here: {JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.ToString())}");
        if (key.Kind == "OKP" && !Ed25519.IsSupported) return Refused("cannot be Ed25519 on this server: it has no OpenSSL 1.1.1 or newer");
        if (!JwsAlgorithms.Names.Any(name => key.Verifies(JwsAlgorithms.Named(name)))) return Refused("is not for verifying signatures: its use is sig, or left out");
        var kid = key.Kid ?? key.Thumbprint();
        return checks.That(kid.Length > 0 && Checks.IsText(kid), "jwk.kid", "may not be empty or contain control characters")
            ? new(ClientCredentialKind.Jwk, null, null, Written(key, kid), kid) : Wrong;

        NewCredential Refused(string reason)
        {
            checks.Add("jwk", reason);
            return Wrong;
        }
    }

    /// <summary>What is kept of it: the members that are understood, and a name.</summary>
    private static string Written(Jose.Jwk key, string kid)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) key.WriteTo(writer);
        var json = JsonNode.Parse(Encoding.UTF8.GetString(buffer.ToArray()))!.AsObject();
        json["kid"] = kid;
        return json.ToJsonString();
    }

    /// <summary>Without the secret, wherever it may be printed.</summary>
    public override string ToString() => $"NewCredential {Kind} {Kid}";
}

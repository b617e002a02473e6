using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EventMesh.Connectors;

namespace EventMesh.Api.Jose;

/// <summary>
/// A public key (RFC 7517): EC on P-256, P-384 or P-521, RSA of 2048 to 8192 bits, or OKP Ed25519 (RFC 8037). Of a private key's JSON only
/// the public members are kept. Equal members make equal keys nowhere: compare thumbprints. Thread-safe.
/// </summary>
public sealed class Jwk
{
    public const int ModulusBitsMin = 2048;
    public const int ModulusBitsMax = 8192;
    public const int KidCharsMax = 256;
    private const int ExponentBytesMax = 4;

    private readonly Curve? curve;
    private readonly byte[] first;
    private readonly byte[] second;

    private Jwk(string kind, Curve? curve, byte[] first, byte[] second, JwsAlgorithm suited, JwkLabels labels)
    {
        (Kind, this.curve, this.first, this.second, Suited, Labels) = (kind, curve, first, second, suited, labels);
    }

    /// <summary><c>EC</c>, <c>RSA</c> or <c>OKP</c>.</summary>
    public string Kind { get; }

    public JwkLabels Labels { get; }
    public string? Kid => Labels.Kid;

    /// <summary>The algorithms that its kind and its <c>alg</c> leave open, whatever it may be used for.</summary>
    public JwsAlgorithm Suited { get; }

    /// <summary>Whether a signature by <paramref name="algorithm"/> may be checked with it: by kind, <c>alg</c>, <c>use</c> and <c>key_ops</c>.</summary>
    public bool Verifies(JwsAlgorithm algorithm) =>
        algorithm != JwsAlgorithm.None && Suited.HasFlag(algorithm) && Labels.Use is null or "sig" && (Labels.Operations?.Contains("verify") ?? true);

    /// <summary>Reads a key out of a set or from a request.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out Jwk? key, out JwkRefusal refusal)
    {
        key = null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            refusal = JwkRefusal.NotAnObject;
            return false;
        }
        refusal = JwkRefusal.Malformed;
        if (!StrictJson.TryText(json, "kty", out var kind) || kind is null || JwkLabels.Read(json) is not { } labels) return false;
        (key, refusal) = kind switch
        {
            "EC" => Ec(json, labels),
            "RSA" => Rsa(json, labels),
            "OKP" => Okp(json, labels),
            _ => (null, JwkRefusal.KindUnknown),
        };
        return key is not null;
    }

    /// <summary>The SHA-256 thumbprint (RFC 7638), base64url.</summary>
    public string Thumbprint() => StrictBase64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(Kind switch
    {
        "EC" => $$"""{"crv":"{{curve!.Name}}","kty":"EC","x":"{{StrictBase64Url.Encode(first)}}","y":"{{StrictBase64Url.Encode(second)}}"}""",
        "RSA" => $$"""{"e":"{{StrictBase64Url.Encode(second)}}","kty":"RSA","n":"{{StrictBase64Url.Encode(first)}}"}""",
        _ => $$"""{"crv":"Ed25519","kty":"OKP","x":"{{StrictBase64Url.Encode(first)}}"}""",
    })));

    /// <summary>Writes the public key as a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kty", Kind);
        if (Kind == "RSA")
        {
            json.WriteString("n", StrictBase64Url.Encode(first));
            json.WriteString("e", StrictBase64Url.Encode(second));
        }
        else
        {
            json.WriteString("crv", curve?.Name ?? "Ed25519");
            json.WriteString("x", StrictBase64Url.Encode(first));
            if (curve is not null) json.WriteString("y", StrictBase64Url.Encode(second));
        }
        Labels.WriteTo(json);
        json.WriteEndObject();
    }

    public override string ToString() => $"{Kind} key {Kid}";

    /// <param name="signed">What was signed.</param>
    /// <param name="signature">For ES*: r and s, each as long as the curve's coordinates (RFC 7518 §3.4), never DER.</param>
    internal bool IsSignature(JwsAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (!Suited.HasFlag(algorithm)) return false;
        if (curve is not null)
        {
            if (signature.Length != 2 * curve.CoordinateBytes) return false;
            using var ec = ECDsa.Create(new ECParameters { Curve = curve.Parameters, Q = new ECPoint { X = first, Y = second } });
            return ec.VerifyData(signed, signature, algorithm.Hash(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        if (Kind == "OKP") return Ed25519.Verify(first, signed, signature);
        if (signature.Length != first.Length) return false;
        using var rsa = RSA.Create(new RSAParameters { Modulus = first, Exponent = second });
        return rsa.VerifyData(signed, signature, algorithm.Hash(), algorithm is JwsAlgorithm.PS256 or JwsAlgorithm.PS384 or JwsAlgorithm.PS512 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    private static (Jwk?, JwkRefusal) Ec(JsonElement json, JwkLabels labels)
    {
        if (!StrictJson.TryText(json, "crv", out var name) || name is null) return (null, JwkRefusal.Malformed);
        if (Curve.Named(name) is not { } curve) return (null, JwkRefusal.CurveUnknown);
        if (Bytes(json, "x") is not { } x || Bytes(json, "y") is not { } y || x.Length != curve.CoordinateBytes || y.Length != curve.CoordinateBytes) return (null, JwkRefusal.Malformed);
        if (!curve.Holds(x, y)) return (null, JwkRefusal.PointNotOnCurve);
        return Labelled("EC", curve, x, y, curve.Algorithm, labels);
    }

    private static (Jwk?, JwkRefusal) Rsa(JsonElement json, JwkLabels labels)
    {
        // RFC 7518 §6.3.1: the fewest bytes that hold the number. RSA of more than two primes is nobody's.
        if (Bytes(json, "n") is not [not 0, ..] n || Bytes(json, "e") is not [not 0, ..] e || json.TryGetProperty("oth", out _)) return (null, JwkRefusal.Malformed);
        var modulus = new BigInteger(n, isUnsigned: true, isBigEndian: true);
        if (modulus.GetBitLength() < ModulusBitsMin) return (null, JwkRefusal.ModulusTooShort);
        if (modulus.GetBitLength() > ModulusBitsMax) return (null, JwkRefusal.ModulusTooLong);
        if (modulus.IsEven || WeakModulus.Is(modulus)) return (null, JwkRefusal.ModulusWeak);
        if (e.Length > ExponentBytesMax || e is [1] || (e[^1] & 1) == 0) return (null, JwkRefusal.ExponentRefused);
        return Labelled("RSA", null, n, e, JwsAlgorithm.RS256 | JwsAlgorithm.RS384 | JwsAlgorithm.RS512 | JwsAlgorithm.PS256 | JwsAlgorithm.PS384 | JwsAlgorithm.PS512, labels);
    }

    private static (Jwk?, JwkRefusal) Okp(JsonElement json, JwkLabels labels)
    {
        if (!StrictJson.TryText(json, "crv", out var name) || name is null) return (null, JwkRefusal.Malformed);
        if (name != "Ed25519") return (null, JwkRefusal.CurveUnknown);
        if (Bytes(json, "x") is not { Length: Ed25519.PublicKeyBytes } x) return (null, JwkRefusal.Malformed);
        return Labelled("OKP", null, x, [], JwsAlgorithm.EdDSA, labels);
    }

    private static (Jwk?, JwkRefusal) Labelled(string kind, Curve? curve, byte[] first, byte[] second, JwsAlgorithm suited, JwkLabels labels)
    {
        if (labels.Algorithm is not null) suited &= JwsAlgorithms.Named(labels.Algorithm);
        return suited == JwsAlgorithm.None ? (null, JwkRefusal.AlgorithmUnfit) : (new Jwk(kind, curve, first, second, suited, labels), default);
    }

    private static byte[]? Bytes(JsonElement json, string name) =>
        StrictJson.TryText(json, name, out var text) && text is { Length: > 0 } && StrictBase64Url.TryDecode(text, out var bytes) ? bytes : null;
}

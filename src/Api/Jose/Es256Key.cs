using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EventMesh.Api.Jose;

/// <summary>A private key on P-256 that tokens are signed with. Its <c>kid</c> is its thumbprint. Thread-safe; the private part leaves by <see cref="Export"/> alone.</summary>
public sealed class Es256Key : IDisposable
{
    private readonly ECDsa key;
    private readonly Lock one = new();

    private Es256Key(ECDsa key)
    {
        this.key = key;
        Public = PublicOf(key);
    }

    /// <summary>With <c>kid</c>, <c>use</c> sig and <c>alg</c> ES256, to be published.</summary>
    public Jwk Public { get; }

    public string Kid => Public.Kid!;

    public static Es256Key Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <param name="pkcs8">What <see cref="Export"/> gave.</param>
    /// <exception cref="CryptographicException">It is no private key on P-256.</exception>
    public static Es256Key Import(ReadOnlySpan<byte> pkcs8)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out var read);
            return read == pkcs8.Length && key.KeySize == 256 ? new(key) : throw new CryptographicException("This is no private key on P-256.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>The private key as PKCS#8 (RFC 5208), to be sealed.</summary>
    public byte[] Export() => key.ExportPkcs8PrivateKey();

    /// <returns>r and s, 32 bytes each (RFC 7518 §3.4).</returns>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (one) return key.SignData(data.ToArray(), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public void Dispose() => key.Dispose();

    public override string ToString() => $"ES256 key {Kid}";

    private static Jwk PublicOf(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (StrictBase64Url.Encode(point.X), StrictBase64Url.Encode(point.Y));
        var bare = Read($$"""{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}"}""");
        return Read($$"""{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}","kid":"{{bare.Thumbprint()}}","use":"sig","alg":"ES256"}""");
    }

    private static Jwk Read(string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return Jwk.TryRead(document.RootElement, out var key, out var refusal) ? key : throw new CryptographicException($"This is no key on P-256: {refusal}.");
    }
}

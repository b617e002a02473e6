using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace EventMesh.Api.Jose;

/// <summary>The three curves of RFC 7518 §6.2.1.1 (FIPS 186-4 D.1.2): y² = x³ − 3x + b modulo p.</summary>
internal sealed class Curve
{
    public static readonly Curve P256 = new("P-256", JwsAlgorithm.ES256, ECCurve.NamedCurves.nistP256, 32,
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    public static readonly Curve P384 = new("P-384", JwsAlgorithm.ES384, ECCurve.NamedCurves.nistP384, 48,
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef");

    public static readonly Curve P521 = new("P-521", JwsAlgorithm.ES512, ECCurve.NamedCurves.nistP521, 66,
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00");

    private readonly BigInteger p;
    private readonly BigInteger b;

    private Curve(string name, JwsAlgorithm algorithm, ECCurve parameters, int coordinateBytes, string p, string b)
    {
        (Name, Algorithm, Parameters, CoordinateBytes) = (name, algorithm, parameters, coordinateBytes);
        this.p = BigInteger.Parse("0" + p, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        this.b = BigInteger.Parse("0" + b, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    public string Name { get; }
    public JwsAlgorithm Algorithm { get; }
    public ECCurve Parameters { get; }
    public int CoordinateBytes { get; }

    public static Curve? Named(string? name) => name switch { "P-256" => P256, "P-384" => P384, "P-521" => P521, _ => null };

    /// <summary>Asked here and not left to a library: a point beside the curve is how keys are drawn out of those who do not look (RFC 8725 §3.4).</summary>
    public bool Holds(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var (left, right) = (new BigInteger(x, isUnsigned: true, isBigEndian: true), new BigInteger(y, isUnsigned: true, isBigEndian: true));
        return left < p && right < p && (right * right - left * left * left + 3 * left - b) % p == 0;
    }
}

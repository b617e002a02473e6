using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Connectors.OAuth;

/// <summary>Proof that who redeems a code is who asked for it: RFC 7636, method S256.</summary>
public static class Pkce
{
    /// <summary>Bytes of chance in a verifier; 43 characters (§4.1).</summary>
    public const int VerifierBytes = 32;

    public static string Verifier(ReadOnlySpan<byte> chance) => Base64Url.EncodeToString(chance);

    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}

using System.Security.Cryptography;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Features.Sources;

/// <summary>The token in a receiving address: whoever has it may send, as far as the signature lets them. 190 random bits, of which only the SHA-256 is kept.</summary>
internal sealed record SourceToken(string Text)
{
    public const int CharsMax = 64;
    private const string Prefix = "emi_";
    private const int RandomChars = 32;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static SourceToken New() => new(Prefix + RandomNumberGenerator.GetString(Base62, RandomChars));

    public string Sha256 => Tokens.Sha256(Text);

    /// <summary>The receiving address, on whichever host answers this API.</summary>
    public string Path => "/in/" + Text;
}

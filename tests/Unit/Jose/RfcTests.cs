using System.Text;
using EventMesh.Api.Jose;
using Xunit;

namespace EventMesh.Tests.Unit.Jose;

public sealed class RfcTests
{
    [Theory]
    [InlineData(Rfc.A2, Rfc.A2Key)]
    [InlineData(Rfc.A3, Rfc.A3Key)]
    [InlineData(Rfc.A4, Rfc.A4Key)]
    [InlineData(Rfc.Ed25519, Rfc.Ed25519Key)]
    [InlineData(Rfc.Ed25519ByItsCurve, Rfc.Ed25519Key)]
    public void Signatures_of_RFC_7515_and_8037_verify_and_with_one_changed_bit_do_not(string token, string key)
    {
        Assert.Null(Jws.Verify(token, new JwkSet(Rfc.Key(key)), JwsAlgorithm.All, out var verified));
        Assert.NotNull(verified);
        var payload = token.Split('.')[1];
        var other = token.Replace($".{payload}.", $".{(payload[0] == 'A' ? 'B' : 'A')}{payload[1..]}.", StringComparison.Ordinal);
        Assert.Equal(TokenRefusal.SignatureWrong, Jws.Verify(other, new JwkSet(Rfc.Key(key)), JwsAlgorithm.All, out _));
    }

    [Fact]
    public void Nobody_can_allow_HS256_or_none()
    {
        var keys = new JwkSet(Rfc.Key(Rfc.A2Key), Rfc.Key(Rfc.A3Key));
        Assert.Equal(JwkRefusal.KindUnknown, Rfc.Refusal(Rfc.A1Key));
        Assert.Equal(TokenRefusal.AlgorithmRefused, Jws.Verify(Rfc.A1, keys, JwsAlgorithm.All, out _));
        Assert.Equal(TokenRefusal.AlgorithmRefused, Jws.Verify(Rfc.A5, keys, JwsAlgorithm.All, out _));
        Assert.Equal(TokenRefusal.NotCompact, Jws.Verify(Rfc.Encrypted, keys, JwsAlgorithm.All, out _));
        Assert.Equal(11, JwsAlgorithms.Names.Count);
        Assert.Equal(JwsAlgorithm.None, JwsAlgorithms.Named(["none", "None", "HS256", "HS384", "HS512", "All", "es256", ""]));
    }

    [Fact]
    public void The_key_sets_of_RFC_7517_are_read_and_their_labels_kept()
    {
        Assert.True(JwkSet.TryRead(Encoding.UTF8.GetBytes(Rfc.PublicKeys), out var set));
        Assert.Equal(["EC", "RSA"], set.Keys.Select(key => key.Kind));
        Assert.Equal(["1", "2011-04-29"], set.Keys.Select(key => key.Kid));
        Assert.False(set.Keys[0].Verifies(JwsAlgorithm.ES256), "a key for encryption");
        Assert.True(set.Keys[1].Verifies(JwsAlgorithm.RS256));
        Assert.False(set.Keys[1].Verifies(JwsAlgorithm.PS256), "its alg is RS256");
        Assert.Equal(JwkRefusal.KindUnknown, Rfc.Refusal(Rfc.Symmetric));
    }

    [Fact]
    public void Thumbprints_are_those_of_RFC_7638_and_8037()
    {
        Assert.True(JwkSet.TryRead(Encoding.UTF8.GetBytes(Rfc.PublicKeys), out var set));
        Assert.Equal(Rfc.RsaThumbprint, set.Keys[1].Thumbprint());
        Assert.Equal(Rfc.Ed25519Thumbprint, Rfc.Key(Rfc.Ed25519Key).Thumbprint());
        // A private key's thumbprint is its public key's (RFC 7638 §3.2.1).
        Assert.Equal(set.Keys[0].Thumbprint(), Rfc.Key(Rfc.PrivateEc).Thumbprint());
    }
}

using System.Text;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class SigningKeyTests
{
    // The known answer that servers and clients of Standard Webhooks share for v1a.
    private const string Private = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    private const string Public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1614265330;
    private const string Signature = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
    private const string Shared = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(Timestamp);

    [Fact]
    public void The_published_v1a_example_is_signed_as_published() => Assert.Equal(Signature, SigningKey.Sign(Private, Id, Timestamp, Body));

    [Fact]
    public void A_pair_is_made_of_its_seed() =>
        Assert.Equal((Private, Public), SigningKey.NewPair(Convert.FromBase64String(Private["whsk_".Length..]).AsSpan(0, 32)));

    [Fact]
    public void A_shared_secret_signs_v1() => Assert.Equal(Signing.Sign(Shared, Id, Timestamp, Body), SigningKey.Sign(Shared, Id, Timestamp, Body));

    [Fact]
    public void Either_key_finds_its_own_signature_among_both()
    {
        var both = SigningKey.Sign(Shared, Id, Timestamp, Body) + " " + Signature;
        Assert.Equal(Verification.Valid, Verify(Public, both));
        Assert.Equal(Verification.Valid, Verify(Shared, both));
        Assert.Equal(Verification.NoMatch, Verify(Public, SigningKey.Sign(Shared, Id, Timestamp, Body)));
        Assert.Equal(Verification.NoMatch, Verify(Shared, Signature));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1a,")]
    [InlineData("v1a,AAAA")]
    [InlineData("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAA==")]
    [InlineData("v1,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==")]
    public void A_signature_that_is_not_its_own_does_not_match(string signatures) => Assert.Equal(Verification.NoMatch, Verify(Public, signatures));

    [Theory]
    [InlineData(300, Verification.Valid)]
    [InlineData(301, Verification.TooOld)]
    [InlineData(-300, Verification.Valid)]
    [InlineData(-301, Verification.TooNew)]
    public void A_timestamp_is_tolerated_up_to_five_minutes(int seconds, Verification expected) =>
        Assert.Equal(expected, SigningKey.Verify(Public, Id, "1614265330", Signature, Body, Now.AddSeconds(seconds)));

    [Theory]
    [InlineData("whsk_")]
    [InlineData("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=")]
    [InlineData("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=")]
    public void What_is_no_private_key_does_not_sign(string key) => Assert.Throws<FormatException>(() => SigningKey.Sign(key, Id, Timestamp, Body));

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_secret_of_one_s_own_has_24_to_64_bytes(int bytes, bool fits) =>
        Assert.Equal(fits, SigningKey.IsHmacSecret("whsec_" + Convert.ToBase64String(new byte[bytes])));

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [InlineData("whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAF=")]
    [InlineData("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=")]
    public void What_others_could_read_in_another_way_is_no_secret_of_one_s_own(string text) => Assert.False(SigningKey.IsHmacSecret(text));

    // GitHub's own example, docs.github.com, "Validating webhook deliveries".
    [Fact]
    public void The_legacy_signature_is_what_GitHub_s_example_says() => Assert.Equal(
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", SigningKey.LegacySignature("It's a Secret to Everybody", Encoding.UTF8.GetBytes("Hello, World!")));

    private static Verification Verify(string key, string signatures) => SigningKey.Verify(key, Id, "1614265330", signatures, Body, Now);
}

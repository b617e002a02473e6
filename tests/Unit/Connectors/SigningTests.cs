using System.Globalization;
using System.Text;
using EventMesh.Connectors;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class SigningTests
{
    // The example of the Standard Webhooks libraries.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1614265330;
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(Timestamp);

    [Fact]
    public void The_published_example_is_signed_as_published() => Assert.Equal(Signature, Signing.Sign(Secret, Id, Timestamp, Body));

    [Fact]
    public void A_secret_without_its_prefix_is_the_same_secret() => Assert.Equal(Signature, Signing.Sign(Secret["whsec_".Length..], Id, Timestamp, Body));

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    [InlineData(-300)]
    public void A_signature_is_valid_up_to_five_minutes_from_now(int seconds) =>
        Assert.Equal(Verification.Valid, Verify(now: Now.AddSeconds(seconds)));

    [Fact]
    public void A_signature_older_than_five_minutes_is_too_old() => Assert.Equal(Verification.TooOld, Verify(now: Now.AddSeconds(301)));

    [Fact]
    public void A_signature_from_more_than_five_minutes_ahead_is_too_new() => Assert.Equal(Verification.TooNew, Verify(now: Now.AddSeconds(-301)));

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("-1614265330")]
    [InlineData(" 1614265330")]
    [InlineData("1614265330.0")]
    [InlineData("99999999999999999999")]
    public void What_is_not_a_number_of_seconds_is_no_timestamp(string timestamp) =>
        Assert.Equal(Verification.NoTimestamp, Signing.Verify(Secret, Id, timestamp, Signature, Body, Now));

    [Theory]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " + Signature)]
    [InlineData(Signature + " v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData(Signature + " v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==")]
    [InlineData("  " + Signature + " ")]
    public void One_fitting_signature_among_several_is_enough(string signatures) =>
        Assert.Equal(Verification.Valid, Verify(signatures: signatures));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("v1,")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1é==")]
    public void A_signature_that_is_not_ours_letter_by_letter_does_not_match(string signatures) =>
        Assert.Equal(Verification.NoMatch, Verify(signatures: signatures));

    [Fact]
    public void What_was_signed_verifies_and_one_changed_byte_does_not() =>
        Prop.ForAll<byte[], NonEmptyString, PositiveInt>((body, id, place) =>
        {
            var secret = NewSecret();
            var signature = Signing.Sign(secret, id.Get, Timestamp, body);
            var changed = body.Append((byte)0).ToArray();
            changed[place.Get % changed.Length] ^= 1;
            return Check(body, secret, id.Get) == Verification.Valid
                && Check(changed, secret, id.Get) == Verification.NoMatch
                && Check(body, secret, id.Get + "x") == Verification.NoMatch
                && Check(body, Signing.NewSecret(Enumerable.Repeat((byte)9, 32).ToArray()), id.Get) == Verification.NoMatch;

            Verification Check(byte[] received, string with, string named) =>
                Signing.Verify(with, named, Timestamp.ToString(CultureInfo.InvariantCulture), signature, received, Now);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(64)]
    public void A_secret_of_24_to_64_bytes_signs(int bytes)
    {
        var secret = Signing.NewSecret(new byte[bytes]);
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(47, Signing.Sign(secret, Id, Timestamp, Body).Length);
    }

    [Theory]
    [InlineData(23)]
    [InlineData(65)]
    public void A_new_secret_is_not_made_of_fewer_or_more_bytes(int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Signing.NewSecret(new byte[bytes]));

    [Theory]
    [InlineData(23)]
    [InlineData(65)]
    public void A_secret_that_is_too_short_or_too_long_is_refused(int bytes) =>
        Assert.Throws<FormatException>(() => Signing.Sign("whsec_" + Convert.ToBase64String(new byte[bytes]), Id, Timestamp, Body));

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    public void What_is_not_base64_is_not_a_secret(string secret) =>
        Assert.Throws<FormatException>(() => Signing.Sign(secret, Id, Timestamp, Body));

    [Fact]
    public void Signing_allocates_the_signature_and_nothing_else()
    {
        var body = new byte[2000];
        Signing.Sign(Secret, Id, Timestamp, body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Signing.Sign(Secret, Id, Timestamp, body);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100 * 160);
    }

    private static Verification Verify(string signatures = Signature, DateTimeOffset? now = null) =>
        Signing.Verify(Secret, Id, Timestamp.ToString(CultureInfo.InvariantCulture), signatures, Body, now ?? Now);

    private static string NewSecret() => Signing.NewSecret(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));
}

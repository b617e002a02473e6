using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Inbound;
using EventMesh.Connectors;
using EventMesh.Domain.Sources;
using Xunit;

namespace EventMesh.Tests.Unit.Inbound;

/// <summary>Each kind with a published example where its provider published one; what may be wrong with a request is the same list for all.</summary>
public class VerifierTests
{
    /// <summary>https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation</summary>
    private static readonly Request Github = new(new(VerificationKind.Github), "It's a Secret to Everybody", "Hello, World!", DateTimeOffset.UnixEpoch,
        ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));

    /// <summary>https://docs.slack.dev/authentication/verifying-requests-from-slack</summary>
    private static readonly Request Slack = new(new(VerificationKind.Slack, 300), "8f742231b10e8888abcd99yyyzzz85a5",
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c", DateTimeOffset.FromUnixTimeSeconds(1531420618),
        ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"), ("X-Slack-Request-Timestamp", "1531420618"));

    /// <summary>The example of the Standard Webhooks libraries.</summary>
    private static readonly Request Standard = new(new(VerificationKind.StandardWebhooks, 300), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", """{"test": 2432232314}""",
        DateTimeOffset.FromUnixTimeSeconds(1614265330),
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"), ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));

    /// <summary>https://docs.svix.com/receiving/verifying-payloads/how-manual</summary>
    private static readonly Request Svix = new(new(VerificationKind.StandardWebhooks, 300), "whsec_plJ3nmyCDGBKInavdOK15jsl", """{"event_type":"ping","data":{"success":true}}""",
        DateTimeOffset.FromUnixTimeSeconds(1731705121),
        ("svix-id", "msg_loFOjxBNrRLzqYUf"), ("svix-timestamp", "1731705121"), ("svix-signature", "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="));

    private static readonly Request Stripe = StripeSigned("whsec_test_secret_of_stripe", """{"id":"evt_1","type":"charge.succeeded"}""");

    private static readonly Request Timed = new(
        new(VerificationKind.Hmac, 60, HmacAlgorithm.Sha512, SignatureEncoding.Base64, "X-Sig", "s=", "{timestamp}.{body}", "X-Time", TimestampFormat.Rfc3339), "a secret of forty years",
        "{}", new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        ("X-Sig", "s=" + Convert.ToBase64String(HMACSHA512.HashData("a secret of forty years"u8, "2026-11-20T12:00:00Z.{}"u8))), ("X-Time", "2026-11-20T12:00:00Z"));

    private static readonly Request Basic = new(new(VerificationKind.Basic, Username: "provider"), "a:password:with:colons", "x", DateTimeOffset.UnixEpoch,
        ("Authorization", "Basic " + Convert.ToBase64String("provider:a:password:with:colons"u8)));

    private static readonly Request ApiKey = new(new(VerificationKind.ApiKey, Header: "Authorization", Prefix: "Token "), "0123456789abcdef", "x", DateTimeOffset.UnixEpoch,
        ("Authorization", "Token 0123456789abcdef"));

    /// <summary>RFC 8032 §7.1, test 2.</summary>
    private static readonly Request Edwards = new(new(VerificationKind.Ed25519, Encoding: SignatureEncoding.Hex, Header: "X-Sig", Signed: "{body}"),
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "r", DateTimeOffset.UnixEpoch,
        ("X-Sig", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));

    private static readonly Request Asymmetric = Standard with
    {
        Secret = "whpk_" + Convert.ToBase64String(Ed25519.PublicKeyOf(Seed)),
        Headers = [.. Standard.Headers[..2], ("webhook-signature", "v1a," + Convert.ToBase64String(Ed25519.Sign(Seed, "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"u8)))],
    };

    private static ReadOnlySpan<byte> Seed => "a seed of two and thirty bytes.."u8;

    private static readonly Dictionary<string, (Request Valid, string Header, string? TimeHeader)> Kinds = new()
    {
        ["github"] = (Github, "X-Hub-Signature-256", null),
        ["slack"] = (Slack, "X-Slack-Signature", "X-Slack-Request-Timestamp"),
        ["standard"] = (Standard, "webhook-signature", "webhook-timestamp"),
        ["svix"] = (Svix, "svix-signature", "svix-timestamp"),
        ["stripe"] = (Stripe, "Stripe-Signature", null),
        ["hmac with a time"] = (Timed, "X-Sig", "X-Time"),
        ["ed25519"] = (Edwards, "X-Sig", null),
        ["standard, asymmetric"] = (Asymmetric, "webhook-signature", "webhook-timestamp"),
        ["basic"] = (Basic, "Authorization", null),
        ["api key"] = (ApiKey, "Authorization", null),
    };

    public static TheoryData<string> All => [.. Kinds.Keys];

    public static TheoryData<string> Signed => [.. Kinds.Keys.Except(["basic", "api key"])];

    public static TheoryData<string> WithTime => [.. Kinds.Where(k => k.Value.TimeHeader is not null).Select(k => k.Key)];

    [Theory, MemberData(nameof(All))]
    public void A_valid_request_is_valid(string kind) => Assert.Null(Kinds[kind].Valid.Check());

    [Theory, MemberData(nameof(All))]
    public void Any_changed_character_of_the_proof_is_refused(string kind)
    {
        var (valid, header, _) = Kinds[kind];
        for (var i = 0; i < valid[header].Length; i++)
        {
            var changed = valid[header].ToCharArray();
            changed[i] = changed[i] == '1' ? '2' : '1';
            Assert.NotNull(valid.Having(header, new(changed)).Check());
        }
        Assert.NotNull(valid.Having(header, valid[header] + "1").Check());
        Assert.NotNull(valid.Having(header, valid[header][..^1]).Check());
    }

    [Theory, MemberData(nameof(Signed))]
    public void A_body_that_is_one_bit_off_is_refused(string kind)
    {
        var valid = Kinds[kind].Valid;
        for (var i = 0; i < valid.Body.Length; i++)
        {
            var changed = valid.Body.ToCharArray();
            changed[i] ^= (char)1;
            Assert.Equal(Refusal.Mismatch, (valid with { Body = new(changed) }).Check());
        }
        Assert.Equal(Refusal.Mismatch, (valid with { Body = valid.Body + " " }).Check());
        Assert.Equal(Refusal.Mismatch, (valid with { Body = "" }).Check());
    }

    [Theory, MemberData(nameof(All))]
    public void A_request_without_proof_is_refused(string kind)
    {
        var (valid, header, _) = Kinds[kind];
        Assert.Equal(Refusal.MissingHeader, valid.Having(header, null).Check());
        Assert.Equal(Refusal.MissingHeader, valid.Having(header, "").Check());
        Assert.Equal(Refusal.MissingHeader, valid.Having(header, null).Having("X-Other-" + header, valid[header]).Check());
    }

    [Theory, MemberData(nameof(All))]
    public void Two_headers_of_a_name_are_refused_though_both_are_right(string kind)
    {
        var (valid, header, time) = Kinds[kind];
        Assert.Equal(Refusal.RepeatedHeader, valid.Twice(header).Check());
        if (time is not null) Assert.Equal(Refusal.RepeatedHeader, valid.Twice(time).Check());
    }

    [Theory, MemberData(nameof(All))]
    public void Another_secret_does_not_fit_and_any_of_several_does(string kind)
    {
        var valid = Kinds[kind].Valid;
        var other = valid.How.Kind == VerificationKind.Ed25519 ? "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" : valid.How.Kind == VerificationKind.StandardWebhooks ? "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" : "another secret altogether";
        Assert.Equal(Refusal.Mismatch, (valid with { Secrets = [other] }).Check());
        Assert.Equal(Refusal.Mismatch, (valid with { Secrets = [] }).Check());
        Assert.Null((valid with { Secrets = [other, valid.Secret] }).Check());
        Assert.Null((valid with { Secrets = [valid.Secret, other] }).Check());
    }

    [Theory, MemberData(nameof(WithTime))]
    public void A_time_at_the_tolerance_is_taken_and_a_second_past_it_is_not(string kind)
    {
        var valid = Kinds[kind].Valid;
        var tolerance = valid.How.ToleranceSeconds!.Value;
        Assert.Null((valid with { Now = valid.Now.AddSeconds(tolerance) }).Check());
        Assert.Equal(Refusal.TooOld, (valid with { Now = valid.Now.AddSeconds(tolerance + 1) }).Check());
        Assert.Null((valid with { Now = valid.Now.AddSeconds(-tolerance) }).Check());
        Assert.Equal(Refusal.TooNew, (valid with { Now = valid.Now.AddSeconds(-tolerance - 1) }).Check());
    }

    [Theory, MemberData(nameof(WithTime))]
    public void A_time_that_is_none_and_one_that_was_not_signed_are_refused(string kind)
    {
        var (valid, _, header) = Kinds[kind];
        Assert.Equal(Refusal.MissingHeader, valid.Having(header!, null).Check());
        foreach (var wrong in new[] { "now", "-1", "1.5", "99999999999999999999", "0x5", "1614265330 ", "2026-13-01T00:00:00Z" }) Assert.Equal(Refusal.Malformed, valid.Having(header!, wrong).Check());
        var later = valid.How.TimestampFormat == TimestampFormat.Rfc3339 ? "2026-11-20T12:00:01Z" : $"{valid.Now.ToUnixTimeSeconds() + 1}";
        Assert.Equal(Refusal.Mismatch, valid.Having(header!, later).Check());
    }

    [Fact]
    public void Stripe_may_send_several_signatures_and_one_time()
    {
        var (time, v1) = (Stripe["Stripe-Signature"].Split(',')[0], Stripe["Stripe-Signature"].Split(',')[1]);
        var wrong = "v1=" + new string('0', 64);
        Assert.Null(With($"{time},{wrong},{v1}").Check());
        Assert.Null(With($"{v1},{time}").Check());
        Assert.Null(With($"{time},{v1},v0=whatever,x").Check());
        Assert.Equal(Refusal.Mismatch, With($"{time},{wrong},{wrong}").Check());
        Assert.Equal(Refusal.Malformed, With($"{time},v0={v1[3..]}").Check());
        Assert.Equal(Refusal.Malformed, With(v1).Check());
        Assert.Equal(Refusal.Malformed, With($"{time},t=1,{v1}").Check());
        Assert.Equal(Refusal.TooOld, (Stripe with { Now = Stripe.Now.AddSeconds(301) }).Check());
        Assert.Null((Stripe with { Now = Stripe.Now.AddSeconds(300) }).Check());
        Assert.Equal(Refusal.TooNew, (Stripe with { Now = Stripe.Now.AddSeconds(-301) }).Check());

        static Request With(string header) => Stripe.Having("Stripe-Signature", header);
    }

    [Fact]
    public void Standard_webhooks_sign_the_id_and_may_send_several_signatures()
    {
        var signature = Standard["webhook-signature"];
        Assert.Equal(Refusal.Mismatch, Standard.Having("webhook-id", "msg_other").Check());
        Assert.Equal(Refusal.RepeatedHeader, Standard.Twice("webhook-id").Check());
        Assert.Equal(Refusal.MissingHeader, Standard.Having("webhook-id", null).Check());
        Assert.Null(Standard.Having("webhook-signature", $"v1a,ignored v1,AAAA {signature}").Check());
        Assert.Equal(Refusal.Malformed, Standard.Having("webhook-signature", "v2," + signature[3..]).Check());
    }

    [Fact]
    public void Sha1_is_another_digest_and_hex_may_be_in_capitals()
    {
        var request = Github with { How = new(VerificationKind.Hmac, null, HmacAlgorithm.Sha1, SignatureEncoding.Hex, "X-Sig", null, "{body}") };
        var mac = Convert.ToHexString(HMACSHA1.HashData(Encoding.UTF8.GetBytes(Github.Secret), Encoding.UTF8.GetBytes(Github.Body)));
        Assert.Null(request.Having("X-Sig", mac).Check());
        Assert.Null(request.Having("X-Sig", mac.ToLowerInvariant()).Check());
        Assert.Equal(Refusal.Mismatch, request.Having("X-Sig", Github["X-Hub-Signature-256"][7..]).Check());
    }

    [Fact]
    public void A_shared_secret_and_a_public_key_may_hold_together_and_each_proves_its_own()
    {
        string[] both = [Standard.Secret, Asymmetric.Secret];
        Assert.Null((Standard with { Secrets = both }).Check());
        Assert.Null((Asymmetric with { Secrets = both }).Check());
        // The bytes of a public key are known to everybody: they sign nothing.
        var forged = Convert.ToBase64String(HMACSHA256.HashData(Ed25519.PublicKeyOf(Seed), "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"u8));
        Assert.Equal(Refusal.Mismatch, Asymmetric.Having("webhook-signature", "v1," + forged).Check());
    }

    [Fact]
    public void Base64url_is_taken_with_and_without_padding()
    {
        var request = Github with { How = new(VerificationKind.Hmac, null, HmacAlgorithm.Sha256, SignatureEncoding.Base64url, "X-Sig", null, "{body}") };
        var mac = Convert.FromHexString(Github["X-Hub-Signature-256"][7..]);
        var text = Convert.ToBase64String(mac).Replace('+', '-').Replace('/', '_');
        Assert.Null(request.Having("X-Sig", text).Check());
        Assert.Null(request.Having("X-Sig", text.TrimEnd('=')).Check());
    }

    [Fact]
    public void A_time_in_milliseconds_keeps_to_the_millisecond()
    {
        var how = new SourceVerification(VerificationKind.Hmac, 1, HmacAlgorithm.Sha256, SignatureEncoding.Hex, "X-Sig", null, "{body}{timestamp}", "X-Time", TimestampFormat.UnixMs);
        var mac = Convert.ToHexStringLower(HMACSHA256.HashData("0123456789abcdef"u8, "b5000"u8));
        var request = new Request(how, "0123456789abcdef", "b", DateTimeOffset.FromUnixTimeMilliseconds(6000), ("X-Sig", mac), ("X-Time", "5000"));
        Assert.Null(request.Check());
        Assert.Equal(Refusal.TooOld, (request with { Now = DateTimeOffset.FromUnixTimeMilliseconds(6001) }).Check());
    }

    [Fact]
    public void An_api_key_may_stand_in_the_query_once()
    {
        var request = new Request(new(VerificationKind.ApiKey, Query: "key"), "0123456789abcdef", "x", DateTimeOffset.UnixEpoch) { Query = "?key=0123456789abcdef" };
        Assert.Null(request.Check());
        Assert.Equal(Refusal.Mismatch, (request with { Query = "?key=0123456789abcdeg" }).Check());
        Assert.Equal(Refusal.RepeatedHeader, (request with { Query = "?key=0123456789abcdef&key=0123456789abcdef" }).Check());
        Assert.Equal(Refusal.MissingHeader, (request with { Query = "?other=0123456789abcdef" }).Check());
        Assert.Equal(Refusal.MissingHeader, (request with { Query = "?key=" }).Check());
    }

    private static Request StripeSigned(string secret, string body)
    {
        const long time = 1492774577;
        var mac = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}")));
        return new(new(VerificationKind.Stripe, 300), secret, body, DateTimeOffset.FromUnixTimeSeconds(time), ("Stripe-Signature", $"t={time},v1={mac}"));
    }
}

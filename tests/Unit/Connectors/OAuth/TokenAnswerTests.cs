using System.Security.Cryptography;
using System.Text;
using EventMesh.Connectors.OAuth;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors.OAuth;

public class TokenAnswerTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly Providers Known = Providers.Load();

    private static TokenAnswer Of(string provider, int status, string body, TokenSet? before = null) =>
        TokenAnswer.Of(Known.Find(provider)!, status, Encoding.UTF8.GetBytes(body), before, ["asked"], At);

    private static TokenSet Granted(TokenAnswer answer) => Assert.IsType<TokenAnswer.Granted>(answer).Tokens;

    [Fact]
    public void A_plain_answer_is_read()
    {
        var tokens = Granted(Of("google", 200, """{"access_token":"a","refresh_token":"r","expires_in":3599,"scope":"openid email","token_type":"Bearer"}"""));
        Assert.Equal(("a", "r", At.AddSeconds(3599), 3599), (tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresAt, tokens.LifetimeSeconds));
        Assert.Equal(["openid", "email"], tokens.Scopes);
    }

    [Fact]
    public void A_refresh_keeps_what_the_answer_leaves_out()
    {
        var before = new TokenSet("a", "r", At, 7200, ["api"], new Dictionary<string, string> { ["instance_url"] = "https://one.my.salesforce.com" });
        var tokens = Granted(Of("salesforce", 200, """{"access_token":"b","id":"https://login.salesforce.com/id/1"}""", before));
        Assert.Equal(("b", "r", At.AddSeconds(7200)), (tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresAt));
        Assert.Equal(["api"], tokens.Scopes);
        Assert.Equal(("https://one.my.salesforce.com", "https://login.salesforce.com/id/1"), (tokens.Kept["instance_url"], tokens.Kept["id"]));
    }

    [Fact]
    public void A_rotated_refresh_token_takes_the_place_of_the_old_one() =>
        Assert.Equal("r2", Granted(Of("oidc", 200, """{"access_token":"b","refresh_token":"r2","expires_in":60}""", new("a", "r1", At, 60, [], new Dictionary<string, string>()))).RefreshToken);

    [Fact]
    public void Slack_says_no_with_200_and_keeps_a_users_token_apart()
    {
        Assert.Equal(new TokenAnswer.Refused("invalid_code", false), Of("slack", 200, """{"ok":false,"error":"invalid_code"}"""));
        Assert.Equal(new TokenAnswer.Refused("token_revoked", true), Of("slack", 200, """{"ok":false,"error":"token_revoked"}"""));
        var user = Granted(Of("slack", 200, """{"ok":true,"authed_user":{"id":"U1","scope":"chat:write,users:read","access_token":"xoxp-1"},"team":{"id":"T1"}}"""));
        Assert.Equal("xoxp-1", user.AccessToken);
        Assert.Equal(["chat:write", "users:read"], user.Scopes);
        Assert.Equal("T1", user.Kept["team.id"]);
        Assert.Null(user.RefreshAt);
    }

    [Fact]
    public void GitHub_says_no_with_200() =>
        Assert.Equal(new TokenAnswer.Refused("bad_verification_code", false), Of("github", 200, """{"error":"bad_verification_code","error_description":"x","error_uri":"y"}"""));

    [Fact]
    public void Mailchimps_zero_means_never() => Assert.Null(Granted(Of("mailchimp", 200, """{"access_token":"a","expires_in":0,"scope":null}""")).ExpiresAt);

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"gone"}""", "invalid_grant", true)]
    [InlineData(400, """{"status":"BAD_REFRESH_TOKEN","message":"m"}""", "BAD_REFRESH_TOKEN", true)]
    [InlineData(401, """{"error":"invalid_client"}""", "invalid_client", false)]
    [InlineData(400, "<html>", "http_400", false)]
    public void A_refusal_names_its_error(int status, string body, string error, bool final) => Assert.Equal(new TokenAnswer.Refused(error, final), Of("hubspot", status, body));

    [Theory]
    [InlineData(500, """{"error":"server_error"}""")]
    [InlineData(429, "slow down")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"access_token":""}""")]
    [InlineData(200, """{"access_token":"a\r\nX-Evil: 1"}""")]
    public void What_makes_no_sense_is_trouble_that_may_pass(int status, string body) => Assert.IsType<TokenAnswer.Trouble>(Of("google", status, body));

    [Theory]
    [InlineData(3600, 720)]
    [InlineData(100, 20)]
    [InlineData(4500, 900)]
    [InlineData(86400, 900)]
    public void It_is_renewed_15_minutes_or_a_fifth_of_its_lifetime_ahead(int lifetime, int ahead) =>
        Assert.Equal(At.AddSeconds(lifetime - ahead), new TokenSet("a", "r", At.AddSeconds(lifetime), lifetime, [], new Dictionary<string, string>()).RefreshAt);

    [Fact]
    public void Nothing_that_is_printed_holds_a_secret()
    {
        Assert.DoesNotContain("tok-en", new TokenSet("tok-en", "tok-en", At, 60, [], new Dictionary<string, string>()).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", new OAuthClient("id", "s3cret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("tok-en", Of("google", 200, """{"access_token":"tok-en"}""").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Shopifys_callback_is_signed()
    {
        var client = new OAuthClient("id", "hush");
        var query = new Dictionary<string, string> { ["code"] = "c", ["shop"] = "a.myshopify.com", ["state"] = "s", ["timestamp"] = "1337178173" };
        query["hmac"] = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("hush"), Encoding.UTF8.GetBytes("code=c&shop=a.myshopify.com&state=s&timestamp=1337178173")));
        Assert.True(CallbackSignature.Holds(query, client));
        Assert.False(CallbackSignature.Holds(new Dictionary<string, string>(query) { ["shop"] = "b.myshopify.com" }, client));
        Assert.False(CallbackSignature.Holds(query, new("id", "other")));
        query.Remove("hmac");
        Assert.False(CallbackSignature.Holds(query, client));
    }
}

using System.Text;
using EventMesh.Connectors;
using EventMesh.Delivery.Credentials;
using EventMesh.Domain.Connections;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public class AuthorizationTests
{
    [Theory]
    [InlineData("https://a.example/hook", "https://a.example/hook?key=v%26w%3D%C3%BC")]
    [InlineData("https://a.example", "https://a.example/?key=v%26w%3D%C3%BC")]
    [InlineData("https://a.example/hook?", "https://a.example/hook?key=v%26w%3D%C3%BC")]
    [InlineData("https://a.example/hook?a=b%20c", "https://a.example/hook?a=b%20c&key=v%26w%3D%C3%BC")]
    public void A_query_parameter_comes_at_the_end(string url, string expected) => Assert.Equal(expected, Authorization.InQuery("key", "v&w=ü").On(new Uri(url)).AbsoluteUri);

    [Fact]
    public void Without_one_the_address_stays() => Assert.Same(Url, Authorization.None.On(Url));

    [Fact]
    public void Further_headers_do_not_take_its_place()
    {
        var both = Authorization.InHeader("Authorization", "Bearer own").With(new Dictionary<string, string> { ["authorization"] = "other", ["X-A"] = "a" });
        Assert.Equal(("Bearer own", "a", 2), (both.Headers["Authorization"], both.Headers["x-a"], both.Headers.Count));
    }

    [Fact]
    public void A_header_carries_16_KiB_of_printable_ASCII_and_no_more()
    {
        Assert.Equal(Authorization.HeaderCharsMax, Authorization.InHeader("A", new('v', Authorization.HeaderCharsMax)).Headers["A"].Length);
        Assert.Throws<FormatException>(() => Authorization.InHeader("A", new('v', Authorization.HeaderCharsMax + 1)));
        foreach (var value in new[] { "a\r\nb", "ü", "\0" }) Assert.Throws<FormatException>(() => Authorization.InHeader("A", value));
    }

    [Fact]
    public void It_is_printed_without_what_it_shows()
    {
        foreach (var text in new[] { $"{Authorization.InHeader("A", "canary")}", $"{Authorization.InQuery("q", "canary")}", $"{Sent}" }) Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"got":"Bearer canary-123"}""", """{"got":"*****************"}""")]
    [InlineData("canary-123 canary-123", "********** **********")]
    [InlineData("canary-12", "canary-12")]
    [InlineData("", "")]
    public void What_a_target_repeats_is_struck_from_its_answer(string answer, string kept) =>
        Assert.Equal(kept, Encoding.UTF8.GetString(Authorization.InHeader("Authorization", "Bearer canary-123").StruckFrom(Encoding.UTF8.GetBytes(answer)).Span));

    [Fact]
    public void What_it_repeats_of_the_secret_alone_or_as_the_address_had_it_is_struck_as_well()
    {
        Assert.Equal("no such key: ************", Kept(FixedAuthorizer.Of(new(CredentialKind.ApiKey, Header: "X-Key", Prefix: "key="), "canary-12345"), "no such key: canary-12345"));
        Assert.Equal("no such user: ada, ************", Kept(FixedAuthorizer.Of(new(CredentialKind.Basic, Username: "ada"), "canary-12345"), "no such user: ada, canary-12345"));
        Assert.Equal("/hook?key=****************", Kept(FixedAuthorizer.Of(new(CredentialKind.ApiKey, Query: "key"), "canary&12 45"), "/hook?key=canary%2612%2045"));

        static string Kept(Authorization shown, string answer) => Encoding.UTF8.GetString(shown.StruckFrom(Encoding.UTF8.GetBytes(answer)).Span);
    }

    [Fact]
    public void A_value_so_short_that_it_is_found_by_chance_is_left() =>
        Assert.Equal("is 1234567", Encoding.UTF8.GetString(Authorization.InQuery("q", "1234567").StruckFrom("is 1234567"u8.ToArray()).Span));

    private static readonly Uri Url = new("https://a.example/hook");

    private static Outgoing Sent => new("acme", "con_1", "dlv_1", 1, new Uri("https://a.example/?canary"), new Dictionary<string, string> { ["A"] = "canary" }, BodyKind.Data, ["canary"], "canary"u8.ToArray(),
        DateTimeOffset.UnixEpoch, null, Authorization: Authorization.InHeader("A", "canary"));
}

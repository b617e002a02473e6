using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class HeaderRulesTests
{
    [Theory]
    [InlineData("Authorization", "Bearer token")]
    [InlineData("X-Api-Key", "k")]
    [InlineData("Accept", "application/json")]
    [InlineData("Cookie", "a=b")]
    [InlineData("X-Webhook-Id", "")]
    [InlineData("Host-Name", "a")]
    public void A_header_of_the_connection_is_accepted(string name, string value) => Assert.Null(HeaderRules.Check(name, value));

    [Theory]
    [InlineData("Host")]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("Transfer-Encoding")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("HTTP2-Settings")]
    [InlineData("Expect")]
    [InlineData("Accept-Encoding")]
    [InlineData("User-Agent")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("Content-Length")]
    [InlineData("content-type")]
    [InlineData("Content-Encoding")]
    [InlineData("webhook-id")]
    [InlineData("WEBHOOK-SIGNATURE")]
    [InlineData("webhook-anything")]
    [InlineData("ce-id")]
    [InlineData("Proxy-Authorization")]
    public void What_we_set_ourselves_is_refused(string name) =>
        Assert.EndsWith("is set by EventMesh", HeaderRules.Check(name, "a"), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("X Y")]
    [InlineData("X:")]
    [InlineData(":path")]
    [InlineData("X\r\nY")]
    [InlineData("Ü")]
    public void A_name_that_is_no_token_is_refused(string name) => Assert.NotNull(HeaderRules.Check(name, "a"));

    [Theory]
    [InlineData("a\r\nX: b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\tb")]
    [InlineData("\u007f")]
    [InlineData("é")]
    public void A_value_that_is_not_printable_ascii_is_refused(string value) => Assert.NotNull(HeaderRules.Check("X-A", value));

    [Theory]
    [InlineData(HeaderRules.NameCharsMax, HeaderRules.ValueCharsMax, true)]
    [InlineData(HeaderRules.NameCharsMax + 1, 1, false)]
    [InlineData(1, HeaderRules.ValueCharsMax + 1, false)]
    public void Names_and_values_have_a_longest_length(int name, int value, bool accepted) =>
        Assert.Equal(accepted, HeaderRules.Check(new string('x', name), new string('v', value)) is null);
}

using EventMesh.Api.CloudEvents;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class AttributeTests
{
    [Theory]
    [InlineData("2026-11-20T12:00:00Z", true), InlineData("2026-11-20t12:00:00z", true), InlineData("2026-11-20T12:00:00.1Z", true), InlineData("2026-11-20T12:00:00.123456789+05:30", true)]
    [InlineData("1990-12-31T23:59:60Z", true), InlineData("2024-02-29T00:00:00-00:00", true), InlineData("0000-02-29T00:00:00Z", true), InlineData("9999-12-31T23:59:59+23:59", true)]
    [InlineData("2026-11-20", false), InlineData("2026-11-20T12:00Z", false), InlineData("2026-11-20 12:00:00Z", false), InlineData("2026-11-20T12:00:00", false)]
    [InlineData("2026-11-20T12:00:00.Z", false), InlineData("2026-11-20T12:00:00,1Z", false), InlineData("2026-02-29T00:00:00Z", false), InlineData("2026-13-01T00:00:00Z", false)]
    [InlineData("2026-00-01T00:00:00Z", false), InlineData("2026-01-00T00:00:00Z", false), InlineData("2026-01-01T24:00:00Z", false), InlineData("2026-01-01T00:60:00Z", false)]
    [InlineData("2026-01-01T00:00:61Z", false), InlineData("2026-01-01T00:00:00+24:00", false), InlineData("2026-01-01T00:00:00+0100", false), InlineData("2026-01-01T00:00:00ZZ", false)]
    [InlineData("２026-01-01T00:00:00Z", false), InlineData("", false), InlineData("2026-01-01T00:00:00.1234567890123456789012345678901Z", false)]
    public void A_timestamp_is_one_of_rfc3339(string text, bool valid) => Assert.Equal(valid, Rfc3339.IsTimestamp(text));

    [Theory]
    [InlineData("/shop", true, false), InlineData("https://example.com/a?b=c#d", true, true), InlineData("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", true, true), InlineData("mailto:a@b.c", true, true)]
    [InlineData("shop", true, false), InlineData("../a", true, false), InlineData("a/b:c", true, false), InlineData("?q", true, false), InlineData("#f", true, false), InlineData("//host/p", true, false)]
    [InlineData("/a%20b", true, false), InlineData("1-555-123-4567", true, false)]
    [InlineData("a b", false, false), InlineData("/é", false, false), InlineData("/a%2", false, false), InlineData("/%zz", false, false), InlineData("a#b#c", false, false), InlineData(":a", false, false)]
    [InlineData("1a:b", false, false), InlineData("<a>", false, false), InlineData("a\\b", false, false), InlineData("a\"b", false, false)]
    public void A_source_is_a_uri_reference_and_a_schema_an_absolute_uri(string text, bool reference, bool absolute)
    {
        Assert.Equal(reference, UriRules.IsReference(text));
        Assert.Equal(absolute, UriRules.IsAbsolute(text));
    }

    [Theory]
    [InlineData("plain", "plain"), InlineData("%C3%A4", "ä"), InlineData("a%20b", "a b"), InlineData("%25", "%"), InlineData("%2541", "%41"), InlineData("Euro%20%e2%82%ac%20%F0%9F%98%80", "Euro € 😀")]
    [InlineData("\"a \\\"b\\\" %20\"", "a \"b\"  "), InlineData("\"\"", ""), InlineData("\"", "\""), InlineData("", "")]
    [InlineData("%", null), InlineData("%2", null), InlineData("%zz", null), InlineData("%ff", null), InlineData("%C3", null), InlineData("\"a\"b\"", null), InlineData("\"a\\\"", null)]
    public void A_header_is_unquoted_and_percent_decoded_once(string header, string? value) => Assert.Equal(value, CeHeader.Decode(header));

    [Theory]
    [InlineData("a", true), InlineData("abcdefghijklmnopqrst", true), InlineData("0", true), InlineData("abcdefghijklmnopqrstu", false), InlineData("", false), InlineData("A", false), InlineData("a_b", false), InlineData("ä", false)]
    public void An_attribute_has_a_short_plain_name(string name, bool valid) => Assert.Equal(valid, AttributeRules.CheckName(name) is null);

    [Theory]
    [InlineData("\u001f", false), InlineData(" ", true), InlineData("~", true), InlineData("\u007f", false), InlineData("\u009f", false), InlineData("\u00a0", true)]
    [InlineData("\ufdcf", true), InlineData("\ufdd0", false), InlineData("\ufdef", false), InlineData("\ufdf0", true), InlineData("\ufffd", true), InlineData("\ufffe", false), InlineData("\uffff", false)]
    [InlineData("😀", true), InlineData("\U0001FFFD", true), InlineData("\U0001FFFE", false), InlineData("\U0010FFFF", false)]
    public void A_value_has_no_character_that_cloudevents_forbids(string value, bool valid) => Assert.Equal(valid, AttributeRules.Check("subject", value) is null);

    [Fact]
    public void A_value_has_at_most_1024_characters()
    {
        Assert.Null(AttributeRules.Check("subject", new string('a', EventLimits.AttributeCharsMax)));
        Assert.NotNull(AttributeRules.Check("subject", new string('a', EventLimits.AttributeCharsMax + 1)));
        Assert.NotNull(AttributeRules.Check("subject", "a\ud800"));
        Assert.NotNull(AttributeRules.Check("subject", "\udc00a"));
    }
}

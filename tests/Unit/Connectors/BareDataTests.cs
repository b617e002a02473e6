using System.Text;
using System.Text.Json;
using EventMesh.Connectors;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class BareDataTests
{
    [Theory]
    [InlineData("""{"data":{"a": [1, {"b":null}]},"id":"1"}""", """{"a": [1, {"b":null}]}""", "application/json")]
    [InlineData("""{"data":"text"}""", "\"text\"", "application/json")]
    [InlineData("""{"data":null}""", "null", "application/json")]
    [InlineData("""{"data":1.50,"datacontenttype":null}""", "1.50", "application/json")]
    [InlineData("""{"data":"text","datacontenttype":"application/vnd.a+json; charset=utf-8"}""", "\"text\"", "application/vnd.a+json; charset=utf-8")]
    [InlineData("""{"data":"\u00e9 \"quoted\"\n","datacontenttype":"text/plain"}""", "é \"quoted\"\n", "text/plain")]
    [InlineData("""{"datacontenttype":"application/xml","data":"<a/>"}""", "<a/>", "application/xml")]
    [InlineData("""{"data":{"a":1},"datacontenttype":"text/plain"}""", """{"a":1}""", "text/plain")]
    [InlineData("""{"data_base64":"AAEC","datacontenttype":"image/png"}""", "\0\u0001\u0002", "image/png")]
    [InlineData("""{"data_base64":"e30="}""", "{}", "application/json")]
    [InlineData("""{"data":1,"datacontenttype":"a/b\r\nX: y"}""", "1", "application/octet-stream")]
    [InlineData("""{"id":"1"}""", "", null)]
    public void The_body_is_what_the_publisher_sent(string cloudEvent, string body, string? contentType)
    {
        var bare = From(cloudEvent);
        Assert.Equal(body, Encoding.UTF8.GetString(bare.Body.Span));
        Assert.Equal(contentType, bare.ContentType);
    }

    [Fact]
    public void Every_other_attribute_is_a_header()
    {
        var bare = From("""{"specversion":"1.0","id":"1","source":"/a b","type":"t","time":"2026-01-01T00:00:00Z","data":{"id":"inner"},"count":3,"flag":true,"gone":null,"datacontenttype":"application/json"}""");
        Assert.Equal(
            ["ce-specversion=1.0", "ce-id=1", "ce-source=/a%20b", "ce-type=t", "ce-time=2026-01-01T00:00:00Z", "ce-count=3", "ce-flag=true"],
            bare.Headers.Select(header => $"{header.Key}={header.Value}"));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80")]
    [InlineData("100% \"sure\"\r\n", "100%25%20%22sure%22%0D%0A")]
    [InlineData("!#$&'()*+,-./:;<=>?@[]^_`{|}~", "!#$&'()*+,-./:;<=>?@[]^_`{|}~")]
    public void A_value_is_percent_encoded_as_the_binding_says(string value, string encoded) => Assert.Equal(encoded, BareData.Escape(value));

    [Fact]
    public void An_encoded_value_is_printable_and_says_the_same() =>
        Prop.ForAll<UnicodeString>(text =>
        {
            var value = new string((text.Get ?? "").EnumerateRunes().SelectMany(rune => rune.ToString()).ToArray());
            var encoded = BareData.Escape(value);
            return HeaderRules.IsPrintable(encoded) && !encoded.Contains(' ', StringComparison.Ordinal) && Uri.UnescapeDataString(encoded) == value;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_not_json_is_an_error_of_ours() => Assert.ThrowsAny<JsonException>(() => From("nonsense"));

    private static BareData From(string cloudEvent) => BareData.From(Encoding.UTF8.GetBytes(cloudEvent));
}

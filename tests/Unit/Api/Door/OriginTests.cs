using EventMesh.Api.Features.Workspaces;
using Xunit;

namespace EventMesh.Tests.Unit.Api.Door;

public sealed class OriginTests
{
    [Theory]
    [InlineData("https://app.example.com"), InlineData("https://app.example.com:8443"), InlineData("https://192.0.2.1"), InlineData("https://[2001:db8::1]:8443"), InlineData("https://xn--mnchen-3ya.example")]
    [InlineData("http://localhost"), InlineData("http://localhost:5173"), InlineData("http://127.0.0.1:3000"), InlineData("http://[::1]:3000"), InlineData("https://localhost:5173")]
    public void An_origin_is_what_a_browser_sends(string text) => Assert.True(SetOrigins.IsOrigin(text));

    [Theory]
    [InlineData(null), InlineData(""), InlineData("*"), InlineData("null"), InlineData("https://*.example.com"), InlineData("https://*")]
    [InlineData("http://app.example.com"), InlineData("http://localhost.example.com"), InlineData("ftp://localhost"), InlineData("file://"), InlineData("https://")]
    [InlineData("https://app.example.com/"), InlineData("https://app.example.com/path"), InlineData("https://app.example.com?x"), InlineData("https://app.example.com#x")]
    [InlineData("https://app.example.com:443"), InlineData("http://localhost:80"), InlineData("https://APP.example.com"), InlineData("HTTPS://app.example.com"), InlineData("https://user@app.example.com")]
    [InlineData("https://münchen.example"), InlineData(" https://app.example.com"), InlineData("https://app.example.com, https://b.example"), InlineData("app.example.com")]
    public void Anything_else_is_not(string? text) => Assert.False(SetOrigins.IsOrigin(text));

    [Fact]
    public void It_has_at_most_255_characters()
    {
        var labels = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        Assert.True(SetOrigins.IsOrigin($"https://{labels}.bb"));
        Assert.False(SetOrigins.IsOrigin($"https://{labels}.{new string('b', 4)}"));
    }
}

using System.Net;
using EventMesh.Api.Door;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Api.Door;

public sealed class ClientAddressTests
{
    private static readonly ClientAddress Behind = new([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8:ffff::/48")]);

    [Theory]
    [InlineData("192.0.2.1", null, "192.0.2.1")]
    [InlineData("192.0.2.1", "198.51.100.1", "192.0.2.1")] // Not a proxy of ours: it may write what it likes.
    [InlineData("10.1.1.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.1.1.1", "203.0.113.9, 198.51.100.1", "198.51.100.1")] // What the client wrote itself stands left of what the proxy added.
    [InlineData("10.1.1.1", "198.51.100.1, 10.2.2.2", "198.51.100.1")]
    [InlineData("10.1.1.1", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("10.1.1.1", "[2001:db8::5]:4711", "2001:db8::5")]
    [InlineData("2001:db8:ffff::1", "2001:db8::5", "2001:db8::5")]
    [InlineData("::ffff:10.1.1.1", "::ffff:198.51.100.1", "198.51.100.1")]
    [InlineData("10.1.1.1", "unknown", "10.1.1.1")]
    [InlineData("10.1.1.1", "198.51.100.1, unknown, 10.2.2.2", "10.2.2.2")]
    [InlineData("10.1.1.1", "", "10.1.1.1")]
    [InlineData("10.1.1.1", "10.3.3.3", "10.3.3.3")]
    public void It_is_the_first_from_the_right_that_is_no_proxy_of_ours(string peer, string? forwarded, string expected) =>
        Assert.Equal(IPAddress.Parse(expected), Behind.Of(From(peer, ("X-Forwarded-For", forwarded))));

    [Theory]
    [InlineData("10.1.1.1", "https", true)]
    [InlineData("10.1.1.1", "https, http", true)]
    [InlineData("10.1.1.1", "http", false)]
    [InlineData("10.1.1.1", null, false)]
    [InlineData("192.0.2.1", "https", false)]
    public void TLS_is_what_a_proxy_of_ours_says(string peer, string? protocol, bool secure) =>
        Assert.Equal(secure, Behind.IsSecure(From(peer, ("X-Forwarded-Proto", protocol))));

    [Fact]
    public void TLS_is_what_the_settings_say() => Assert.True(new ClientAddress([], isSecure: true).IsSecure(From("192.0.2.1", ("X-Forwarded-Proto", null))));

    [Theory]
    [InlineData("192.0.2.77", "192.0.2.0/24")]
    [InlineData("2001:db8:7:8:9:a:b:c", "2001:db8:7::/48")]
    [InlineData("2001:db8::1", "2001:db8::/48")]
    public void A_history_keeps_the_surroundings_and_not_the_address(string address, string kept) => Assert.Equal(kept, ClientAddress.Surroundings(IPAddress.Parse(address)));

    private static DefaultHttpContext From(string peer, (string Name, string? Value) header)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(peer) } };
        if (header.Value is not null) context.Request.Headers[header.Name] = header.Value;
        return context;
    }
}

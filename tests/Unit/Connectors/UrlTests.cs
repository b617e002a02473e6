using System.Net;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class UrlTests
{
    private static readonly AddressGuard Strict = new([]);

    [Theory]
    [InlineData("https://hooks.example.com/a?b=c")]
    [InlineData("http://hooks.example.com:8080/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700:4700::1111]:8443/")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://localhost.example/")]
    public void A_url_of_a_public_host_is_accepted(string url) => Assert.Null(Strict.CheckUrl(new Uri(url)));

    [Theory]
    [InlineData("ftp://hooks.example.com/", "http://")]
    [InlineData("file:///etc/passwd", "http://")]
    [InlineData("gopher://127.0.0.1:6379/_x", "http://")]
    [InlineData("javascript:alert(1)", "http://")]
    [InlineData("https://user@hooks.example.com/", "user name")]
    [InlineData("https://user:secret@hooks.example.com/", "user name")]
    [InlineData("https://hooks.example.com/#part", "fragment")]
    [InlineData("https://hooks.example.com:0/", "port 0")]
    [InlineData("http://127.0.0.1/", "loopback")]
    [InlineData("http://127.1/", "loopback")]
    [InlineData("http://2130706433/", "loopback")]
    [InlineData("http://0x7f000001/", "loopback")]
    [InlineData("http://0177.0.0.1/", "loopback")]
    [InlineData("http://localhost/", "loopback")]
    [InlineData("http://LOCALHOST./", "loopback")]
    [InlineData("http://a.localhost/", "loopback")]
    [InlineData("http://169.254.169.254/latest/meta-data", "link-local")]
    [InlineData("http://169.254.169.254./latest/meta-data", "link-local")]
    [InlineData("http://[::1]/", "loopback")]
    [InlineData("http://[::ffff:169.254.169.254]/", "IPv4 inside IPv6")]
    [InlineData("http://[fd00:ec2::254]/", "private")]
    [InlineData("http://[fe80::1%25eth0]/", "link-local")]
    public void Any_other_url_is_refused_with_the_reason(string url, string reason) =>
        Assert.Contains(reason, Strict.CheckUrl(new Uri(url)), StringComparison.Ordinal);

    [Fact]
    public void A_relative_url_is_refused() => Assert.NotNull(Strict.CheckUrl(new Uri("/hook", UriKind.Relative)));

    [Theory]
    [InlineData(AddressGuard.UrlCharsMax, true)]
    [InlineData(AddressGuard.UrlCharsMax + 1, false)]
    public void A_url_has_a_longest_length(int length, bool accepted)
    {
        const string Start = "https://hooks.example.com/";
        Assert.Equal(accepted, Strict.CheckUrl(new Uri(Start + new string('a', length - Start.Length))) is null);
    }

    [Fact]
    public void A_url_is_measured_as_it_is_sent() =>
        Assert.NotNull(Strict.CheckUrl(new Uri("https://hooks.example.com/" + new string('é', 1000))));

    [Fact]
    public void An_allowed_network_is_accepted_in_a_url()
    {
        var guard = new AddressGuard([IPNetwork.Parse("127.0.0.0/8")]);
        Assert.Null(guard.CheckUrl(new Uri("http://127.0.0.1:9000/")));
        Assert.Null(guard.CheckUrl(new Uri("http://localhost:9000/")));
        Assert.NotNull(guard.CheckUrl(new Uri("http://10.0.0.1/")));
    }
}

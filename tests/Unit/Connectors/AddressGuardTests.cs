using System.Net;
using EventMesh.Connectors;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class AddressGuardTests
{
    private static readonly AddressGuard Strict = new([]);

    // Every range: its first and last address, and the neighbours outside.
    [Theory]
    [InlineData("0.0.0.0", true), InlineData("0.255.255.255", true), InlineData("1.0.0.0", false)]
    [InlineData("9.255.255.255", false), InlineData("10.0.0.0", true), InlineData("10.255.255.255", true), InlineData("11.0.0.0", false)]
    [InlineData("100.63.255.255", false), InlineData("100.64.0.0", true), InlineData("100.100.100.200", true), InlineData("100.127.255.255", true), InlineData("100.128.0.0", false)]
    [InlineData("126.255.255.255", false), InlineData("127.0.0.0", true), InlineData("127.0.0.1", true), InlineData("127.255.255.255", true), InlineData("128.0.0.0", false)]
    [InlineData("168.63.129.15", false), InlineData("168.63.129.16", true), InlineData("168.63.129.17", false)]
    [InlineData("169.253.255.255", false), InlineData("169.254.0.0", true), InlineData("169.254.169.254", true), InlineData("169.254.255.255", true), InlineData("169.255.0.0", false)]
    [InlineData("172.15.255.255", false), InlineData("172.16.0.0", true), InlineData("172.31.255.255", true), InlineData("172.32.0.0", false)]
    [InlineData("191.255.255.255", false), InlineData("192.0.0.0", true), InlineData("192.0.0.255", true), InlineData("192.0.1.0", false)]
    [InlineData("192.0.1.255", false), InlineData("192.0.2.0", true), InlineData("192.0.2.255", true), InlineData("192.0.3.0", false)]
    [InlineData("192.88.98.255", false), InlineData("192.88.99.0", true), InlineData("192.88.99.255", true), InlineData("192.88.100.0", false)]
    [InlineData("192.167.255.255", false), InlineData("192.168.0.0", true), InlineData("192.168.255.255", true), InlineData("192.169.0.0", false)]
    [InlineData("198.17.255.255", false), InlineData("198.18.0.0", true), InlineData("198.19.255.255", true), InlineData("198.20.0.0", false)]
    [InlineData("198.51.99.255", false), InlineData("198.51.100.0", true), InlineData("198.51.100.255", true), InlineData("198.51.101.0", false)]
    [InlineData("203.0.112.255", false), InlineData("203.0.113.0", true), InlineData("203.0.113.255", true), InlineData("203.0.114.0", false)]
    [InlineData("223.255.255.255", false), InlineData("224.0.0.0", true), InlineData("239.255.255.255", true), InlineData("240.0.0.0", true), InlineData("255.255.255.255", true)]
    public void An_ipv4_range_is_refused_from_its_first_to_its_last_address(string address, bool refused) => Check(address, refused);

    // Outside 2000::/3 the neighbours are refused too, for another reason.
    [Theory]
    [InlineData("::", true), InlineData("::1", true), InlineData("::2", true), InlineData("::ffff:ffff", true), InlineData("::1:0:0", true)]
    [InlineData("::ffff:0.0.0.0", true), InlineData("::ffff:8.8.8.8", true), InlineData("::ffff:255.255.255.255", true)]
    [InlineData("::ffff:0:8.8.8.8", true)]
    [InlineData("64:ff9b::", true), InlineData("64:ff9b::8.8.8.8", true), InlineData("64:ff9b::ffff:ffff", true)]
    [InlineData("64:ff9b:1::", true), InlineData("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("100::", true), InlineData("100::ffff:ffff:ffff:ffff", true)]
    [InlineData("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), InlineData("2000::", false)]
    [InlineData("2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), InlineData("2001::", true), InlineData("2001:0:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", true), InlineData("2001:200::", false)]
    [InlineData("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", false), InlineData("2001:db8::", true), InlineData("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true), InlineData("2001:db9::", false)]
    [InlineData("2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), InlineData("2002::", true), InlineData("2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), InlineData("2003::", false)]
    [InlineData("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), InlineData("3fff::", true), InlineData("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", true), InlineData("3fff:1000::", false)]
    [InlineData("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), InlineData("4000::", true)]
    [InlineData("5f00::", true), InlineData("5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), InlineData("fc00::", true), InlineData("fd00:ec2::254", true), InlineData("fd20:ce::254", true), InlineData("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("fe80::", true), InlineData("fe80::1%1", true), InlineData("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("fec0::", true), InlineData("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("ff00::", true), InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2606:4700:4700::1111", false), InlineData("2a00:1450:4001:80b::200e", false)]
    public void An_ipv6_range_is_refused_from_its_first_to_its_last_address(string address, bool refused) => Check(address, refused);

    [Theory]
    [InlineData("2a00::5efe:127.0.0.1", true), InlineData("2a00::200:5efe:127.0.0.1", true)]
    [InlineData("2a00::5efd:127.0.0.1", false), InlineData("2a00::5eff:127.0.0.1", false), InlineData("2a00::100:5efe:127.0.0.1", false), InlineData("2a00::1:0:5efe:127.0.0.1", true)]
    public void An_isatap_interface_is_refused_under_any_prefix(string address, bool refused) => Check(address, refused);

    [Theory]
    [InlineData("127.0.0.1", "loopback"), InlineData("::1", "loopback"), InlineData("169.254.169.254", "link-local"), InlineData("::ffff:10.0.0.1", "IPv4 inside IPv6")]
    [InlineData("100::1", "discard"), InlineData("5f00::1", "segment routing"), InlineData("fe80::1", "link-local"), InlineData("ff02::1", "multicast"), InlineData("4000::", "reserved")]
    [InlineData("2001::1", "IPv4 inside IPv6"), InlineData("2001:1::1", "protocol assignments"), InlineData("64:ff9b:0:0:0:1::", "reserved"), InlineData("100:0:0:1::", "reserved")]
    public void A_refusal_says_what_the_address_is(string address, string reason) => Assert.Equal(reason, Strict.Reason(IPAddress.Parse(address)));

    [Fact]
    public void No_ipv6_form_of_any_ipv4_address_is_called() =>
        Prop.ForAll<uint>(number =>
        {
            byte[] v4 = [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
            byte[][] forms =
            [
                [.. new byte[12], .. v4],
                [.. new byte[10], 0xff, 0xff, .. v4],
                [0x20, 0x02, .. v4, .. new byte[10]],
                [0x20, 0x01, 0, 0, .. new byte[8], .. v4.Select(b => (byte)~b)],
                [0x00, 0x64, 0xff, 0x9b, .. new byte[8], .. v4],
                [0x2a, 0x00, .. new byte[8], 0x5e, 0xfe, .. v4],
            ];
            return forms.All(form => Strict.Reason(new IPAddress(form)) is not null);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_the_operator_allows_is_called_and_its_neighbours_are_not()
    {
        var guard = new AddressGuard([IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("::1/128")]);
        Assert.Null(guard.Reason(IPAddress.Parse("10.1.0.0")));
        Assert.Null(guard.Reason(IPAddress.Parse("10.1.255.255")));
        Assert.Null(guard.Reason(IPAddress.IPv6Loopback));
        Assert.NotNull(guard.Reason(IPAddress.Parse("10.0.255.255")));
        Assert.NotNull(guard.Reason(IPAddress.Parse("10.2.0.0")));
        Assert.NotNull(guard.Reason(IPAddress.Parse("::ffff:10.1.0.0")));
    }

    [Fact]
    public void One_refused_address_refuses_the_whole_answer()
    {
        IPAddress open = IPAddress.Parse("8.8.8.8"), inner = IPAddress.Parse("10.0.0.1");
        Assert.Null(Strict.Reason([open, open]));
        Assert.Equal("private", Strict.Reason([open, inner]));
        Assert.Equal("private", Strict.Reason([inner, open]));
    }

    private static void Check(string address, bool refused) => Assert.Equal(refused, Strict.Reason(IPAddress.Parse(address)) is not null);
}

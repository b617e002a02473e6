using System.Net;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Api.Door;

public sealed class FailedAttemptsTests
{
    private static readonly IPAddress There = IPAddress.Parse("192.0.2.7");
    private readonly ManualClock clock = new();
    private readonly FailedAttempts attempts;

    public FailedAttemptsTests() => attempts = new(new([]), clock);

    [Fact]
    public void Ten_within_a_minute_are_free_and_each_further_one_waits_twice_as_long_up_to_a_minute()
    {
        Assert.All(Enumerable.Range(0, FailedAttempts.FreeMax), _ => Assert.Equal(TimeSpan.Zero, attempts.Slow("emk_abcdefgh", null)));
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8).Select(_ => attempts.Slow("emk_abcdefgh", null).TotalSeconds));
    }

    [Fact]
    public void They_are_counted_by_prefix_and_by_address()
    {
        Fill("emk_a", There);
        Assert.Equal(1, attempts.Slow("emk_a", IPAddress.Parse("192.0.2.8")).TotalSeconds);
        Assert.Equal(1, attempts.Slow("emk_b", There).TotalSeconds);
        Assert.Equal(TimeSpan.Zero, attempts.Slow("emk_c", IPAddress.Parse("192.0.2.9")));
    }

    [Fact]
    public void Of_IPv6_the_network_of_64_bits_is_one()
    {
        for (var i = 0; i < FailedAttempts.FreeMax; i++) attempts.Slow(null, IPAddress.Parse($"2001:db8:0:1::{i + 1:x}"));
        Assert.Equal(1, attempts.Slow(null, IPAddress.Parse("2001:db8:0:1:ffff::9")).TotalSeconds);
        Assert.Equal(TimeSpan.Zero, attempts.Slow(null, IPAddress.Parse("2001:db8:0:2::1")));
    }

    [Fact]
    public void This_machines_own_address_is_everybodys_behind_a_local_proxy()
    {
        for (var i = 0; i < 2 * FailedAttempts.FreeMax; i++)
        {
            Assert.Equal(TimeSpan.Zero, attempts.Slow(null, IPAddress.Loopback));
            Assert.Equal(TimeSpan.Zero, attempts.Slow(null, IPAddress.IPv6Loopback));
        }
    }

    [Fact]
    public void A_minute_without_a_failure_makes_up_for_it()
    {
        Fill("emk_a", There);
        clock.Advance(FailedAttempts.Window - TimeSpan.FromTicks(1));
        Assert.Equal(1, attempts.Slow("emk_a", null).TotalSeconds);
        clock.Advance(FailedAttempts.Window);
        Assert.Equal(TimeSpan.Zero, attempts.Slow("emk_a", null));
    }

    [Fact]
    public void Few_in_a_minute_are_free_however_long_it_goes_on()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.Zero, attempts.Slow("emk_a", There));
            clock.Advance(TimeSpan.FromSeconds(7));
        }
    }

    [Fact]
    public void Who_floods_with_made_up_prefixes_is_known_by_address_and_fills_no_memory()
    {
        Fill("emk_a", There);
        for (var i = 0; i < 5 * FailedAttempts.RememberedMin; i++) Assert.NotEqual(TimeSpan.Zero, attempts.Slow($"emk_{i}", There));
        Assert.InRange(attempts.Remembered, FailedAttempts.RememberedMin, 2 * FailedAttempts.RememberedMin);
    }

    [Fact]
    public void What_was_not_tried_is_no_attempt()
    {
        for (var i = 0; i < 2 * FailedAttempts.FreeMax; i++) Assert.Equal(Problem.Unauthorized, Refused(null).Problem);
        Assert.Equal(Problem.Unauthorized, Refused("emk_abcdefgh").Problem);
    }

    [Fact]
    public void The_eleventh_is_told_when_to_come_back()
    {
        for (var i = 0; i < FailedAttempts.FreeMax; i++) Assert.Equal(Problem.Unauthorized, Refused($"emk_abcdefgh{i}").Problem);
        var context = new DefaultHttpContext();
        Assert.Equal(Problem.TooManyFailures, Refused("emk_abcdefghX", context).Problem);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
        Assert.Equal(Problem.Unauthorized, Refused("emk_abcdefgX").Problem);
    }

    [Fact]
    public void Tokens_that_all_begin_alike_are_counted_by_address_alone()
    {
        for (var i = 0; i < 2 * FailedAttempts.FreeMax; i++) Assert.Equal(Problem.Unauthorized, Refused("eyJhbGciOiJFUzI1NiJ9.e30.c2ln").Problem);
    }

    private void Fill(string prefix, IPAddress address)
    {
        for (var i = 0; i < FailedAttempts.FreeMax; i++) attempts.Slow(prefix, address);
    }

    private ProblemException Refused(string? credential, HttpContext? context = null) => attempts.Refuse(context ?? new DefaultHttpContext(), credential, Problem.Unauthorized.With("no"));
}

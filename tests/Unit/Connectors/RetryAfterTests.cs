using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(1994, 11, 6, 8, 49, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("120", 120)]
    [InlineData(" 120 ", 120)]
    [InlineData("86400", 86_400)]
    [InlineData("86401", 86_400)]
    [InlineData("2147483648", 86_400)]
    [InlineData("99999999999999999999999", 86_400)]
    public void Seconds_are_read_up_to_a_day(string value, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), RetryAfter.Parse(value, Now));

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 37)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 37)]
    [InlineData("Sun Nov  6 08:49:37 1994", 37)]
    [InlineData("Sun, 06 Nov 1994 08:48:00 GMT", 0)]
    [InlineData("Mon, 07 Nov 1994 08:49:00 GMT", 86_400)]
    [InlineData("Mon, 07 Nov 1994 08:49:01 GMT", 86_400)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 86_400)]
    public void The_three_dates_of_http_are_read_up_to_a_day(string value, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryAfter.Parse(value, Now));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("soon")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 PST")]
    [InlineData("1994-11-06T08:49:37Z")]
    public void Anything_else_is_no_wish(string value) => Assert.Null(RetryAfter.Parse(value, Now));
}

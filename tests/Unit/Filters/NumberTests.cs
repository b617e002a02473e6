using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class NumberTests
{
    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("1", "10e-1")]
    [InlineData("100", "1E+2")]
    [InlineData("0", "-0.0")]
    [InlineData("0", "0e99999999999999999999")]
    [InlineData("0.1", "0.10000")]
    [InlineData("-0.05", "-5e-2")]
    [InlineData("12345678901234567890123456789012345678901234567890", "1234567890123456789012345678901234567890123456789e1")]
    public void The_same_number_written_twice(string left, string right)
    {
        Assert.True(Holds("$eq", left, right));
        Assert.True(Holds("$gte", left, right));
        Assert.False(Holds("$neq", left, right));
        Assert.False(Holds("$lt", left, right));
    }

    [Theory]
    [InlineData("9007199254740992", "9007199254740993")]
    [InlineData("0.1", "0.1000000000000000055511151231257827")]
    [InlineData("0.3", "0.30000000000000000000000000000000001")]
    [InlineData("-2", "-1")]
    [InlineData("-1", "0")]
    [InlineData("0", "1e-99999999999999999999")]
    [InlineData("99", "100")]
    [InlineData("1e2", "100.5")]
    [InlineData("-1e300", "1e-300")]
    [InlineData("1e300", "1e99999999999999999999")]
    [InlineData("18446744073709551615", "18446744073709551616")]
    public void A_smaller_number_and_a_larger_one(string small, string large)
    {
        Assert.True(Holds("$gt", small, large));
        Assert.True(Holds("$neq", small, large));
        Assert.False(Holds("$eq", small, large));
        Assert.False(Holds("$lte", small, large));
    }

    private static bool Holds(string comparison, string written, string inData) =>
        Events.MatchesData($"{{\"data\":{{\"n\":{{\"{comparison}\":{written}}}}}}}", "{\"n\":" + inData + "}");
}

using EventMesh.Api.Issuing;
using Xunit;

namespace EventMesh.Tests.Unit.Identity;

public class TokenFormTests
{
    [Fact]
    public void Values_are_decoded() => Assert.Equal("publisher auditor+é", TokenForm.Of("grant_type=x&scope=publisher+auditor%2B%C3%A9")["scope"]);

    [Theory]
    [InlineData("scope=a&scope=b")]
    [InlineData("scope=a&sc%6Fpe=a")]
    [InlineData("scope=&scope=")]
    public void A_parameter_that_is_there_twice_is_refused(string body) => Assert.Equal("invalid_request", Assert.Throws<OAuthRefusal>(() => TokenForm.Of(body)).Error);

    [Fact]
    public void One_without_a_value_counts_as_left_out()
    {
        Assert.Null(TokenForm.Of("scope=&grant_type=x")["scope"]);
        Assert.Throws<OAuthRefusal>(() => TokenForm.Of("scope=&grant_type=x").Required("scope"));
    }

    [Fact]
    public void It_has_a_bounded_number_of_parameters()
    {
        static string Body(int count) => string.Join('&', Enumerable.Range(0, count).Select(i => $"p{i}=v"));
        Assert.Equal("v", TokenForm.Of(Body(TokenForm.ParametersMax))["p0"]);
        Assert.Throws<OAuthRefusal>(() => TokenForm.Of(Body(TokenForm.ParametersMax + 1)));
    }
}

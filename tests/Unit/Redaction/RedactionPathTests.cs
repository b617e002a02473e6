using EventMesh.Domain.Redaction;
using Xunit;

namespace EventMesh.Tests.Unit.Redaction;

public class RedactionPathTests
{
    [Theory]
    [InlineData("$.data.customer.email")]
    [InlineData("$.data['odd name'][\"other\"]")]
    [InlineData("$.data.items[*].card")]
    [InlineData("$..email")]
    [InlineData("$..['e mail']")]
    [InlineData("$.data.*.iban")]
    public void Paths_that_name_places_are_read(string path)
    {
        Assert.NotNull(RedactionPath.Parse(path, out var reason));
        Assert.Empty(reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("data.email")]
    [InlineData("$email")]
    [InlineData("$.")]
    [InlineData("$.data.")]
    [InlineData("$...email")]
    [InlineData("$..*")]
    [InlineData("$..[*]")]
    [InlineData("$.data[0]")]
    [InlineData("$.data[?(@.x)]")]
    [InlineData("$.data['open")]
    [InlineData("$.data['a'")]
    [InlineData("$.data[")]
    [InlineData("$.data..")]
    [InlineData("$.a\0")]
    public void What_is_no_such_path_is_refused_with_a_reason(string path)
    {
        Assert.Null(RedactionPath.Parse(path, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Paths_are_bounded_in_characters_steps_and_wildcards()
    {
        Assert.NotNull(Of("$." + new string('a', RedactionLimits.PathCharsMax - 2)));
        Assert.Null(Of("$." + new string('a', RedactionLimits.PathCharsMax - 1)));
        Assert.NotNull(Of("$" + string.Concat(Enumerable.Repeat(".a", RedactionLimits.StepsMax))));
        Assert.Null(Of("$" + string.Concat(Enumerable.Repeat(".a", RedactionLimits.StepsMax + 1))));
        Assert.NotNull(Of("$..a[*].*"));
        Assert.Null(Of("$..a[*].*.*"));

        static RedactionPath? Of(string path) => RedactionPath.Parse(path, out _);
    }
}

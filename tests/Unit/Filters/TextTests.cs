using System.Text;
using System.Text.Json;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class TextTests
{
    // U+FFFD lies below U+1F600, though its UTF-16 unit lies above both surrogates of the latter.
    [Theory]
    [InlineData("\\ufffd", "😀")]
    [InlineData("é", "\\u4e2d")]
    [InlineData("a", "a\\u0001")]
    [InlineData("\\n", "a")]
    public void Text_is_ordered_by_code_point_however_it_is_escaped(string small, string large)
    {
        Assert.True(Events.MatchesData($$$"""{"data":{"$gt":"{{{small}}}"}}""", $"\"{large}\""));
        Assert.True(Events.MatchesData($$$"""{"data":{"$lt":"{{{large}}}"}}""", $"\"{small}\""));
        Assert.True(Events.Matches($$$"""{"subject":{"$gt":"{{{small}}}"}}""", Events.Order with { Subject = JsonElement.Parse($"\"{large}\"").GetString() }));
    }

    [Fact]
    public void Escapes_do_not_matter()
    {
        Assert.True(Events.MatchesData("""{"data":{"name":"é/\"😀"}}""", """{"n\u0061me":"\u00e9\/\"\ud83d\ude00"}"""));
        Assert.True(Events.MatchesData("""{"data":{"n\u0061me":"\u00e9\/\"\ud83d\ude00"}}""", """{"name":"é/\"😀"}"""));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_in_an_event_equals_nothing()
    {
        Assert.False(Events.MatchesData("""{"data":{"a":"x"}}""", """{"a":"\ud800"}"""));
        Assert.False(Events.MatchesData("""{"data":{"a":{"$startsWith":"x"}}}""", """{"a":"\ud800x"}"""));
        Assert.False(Events.MatchesData("""{"data":{"a":{"$gt":"x"}}}""", """{"a":"y\ud800"}"""));
        Assert.True(Events.MatchesData("""{"data":{"a":{"$neq":"x"}}}""", """{"a":"\ud800"}"""));
        Assert.False(Events.MatchesData("""{"data":{"abcdef":1}}""", """{"abc\ud800def":1}"""));
        Assert.True(Events.MatchesData("""{"data":{"abcdef":{"$exist":false}}}""", """{"abc\ud800defghijklmnop":1}"""));
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_equal_nothing()
    {
        using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes("{\"a\":\"caf\u00e9\",\"b\\n\":\"\u00e9\\n\"}"));
        var input = Events.Order with { Data = document.RootElement };
        Assert.False(Events.Matches("""{"data":{"a":"café"}}""", input));
        Assert.True(Events.Matches("""{"data":{"b\n":{"$neq":"é\n"}}}""", input));
    }
}

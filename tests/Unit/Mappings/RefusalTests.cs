using EventMesh.Domain.Mappings;
using Xunit;

namespace EventMesh.Tests.Unit.Mappings;

public class RefusalTests
{
    [Theory]
    [InlineData("7", "", "an object, a list, or a path")]
    [InlineData("null", "", "an object, a list, or a path")]
    [InlineData("\"text\"", "", "an object, a list, or a path")]
    [InlineData("\"$$.data\"", "", "an object, a list, or a path")]
    [InlineData("""{"items":[{"sku":"$5"}]}""", "items[0].sku", "Write $$5 for the text $5")]
    [InlineData("""[{"a":"$data.x"}]""", "[0].a", "goes on with . or [")]
    [InlineData("""{"a":"$."}""", "a", "a name is missing")]
    [InlineData("""{"a":"$.data..x"}""", "a", "a name is missing after the dot at character 7")]
    [InlineData("""{"a":"$.data.x["}""", "a", "in brackets stands")]
    [InlineData("""{"a":"$.data.x[]"}""", "a", "in brackets stands")]
    [InlineData("""{"a":"$.data.x[-1]"}""", "a", "in brackets stands")]
    [InlineData("""{"a":"$.data.x[99999999999]"}""", "a", "in brackets stands")]
    [InlineData("""{"a":"$.data.x[0:2]"}""", "a", "in brackets stands")]
    [InlineData("""{"a":"$.data[?(@.x)]"}""", "a", "in brackets stands")]
    [InlineData("""{"a":"$.data['x]"}""", "a", "ends with ']")]
    [InlineData("""{"a":"$.data[0]x"}""", "a", ". or [ is missing at character 10")]
    [InlineData("""{"a":"$.data.*"}""", "a", "all of a list is [*]")]
    [InlineData("""{"a":"$..sku"}""", "a", "a name is missing")]
    [InlineData("""{"a":"$[0]"}""", "a", "An event is not a list")]
    [InlineData("""{"a":"$[*]"}""", "a", "An event is not a list")]
    [InlineData("""{"a":"$.customerName"}""", "a", "as in $.data.customerName")]
    [InlineData("""{"a":"@.sku"}""", "a", "@ is the item of an $each")]
    [InlineData("""{"a":{"$path":"@.sku"}}""", "a.$path", "@ is the item of an $each")]
    [InlineData("""{"a":{"$path":"text"}}""", "a.$path", "Here stands a path")]
    [InlineData("""{"a":{"$path":"$$.x"}}""", "a.$path", "Here stands a path")]
    [InlineData("""{"a":{"$path":7}}""", "a.$path", "Here stands a path")]
    [InlineData("""{"a":{"$path":"$.id","other":1}}""", "a.other", "Beside $path there may be default only")]
    [InlineData("""{"a":{"$each":"$.data.x"}}""", "a", "$each needs as")]
    [InlineData("""{"a":{"$each":"$.data.x","as":1,"$path":"$.id"}}""", "a.$path", "Beside $each there may be as and default only")]
    [InlineData("""{"a":{"$each":"$.data.x","as":{"b":"@sku"}}}""", "a.as.b", "goes on with . or [")]
    [InlineData("""{"a":{"$each":"$.data.x","as":1,"default":"@"}}""", "a.default", "@ is the item of an $each")]
    [InlineData("""{"a":{"$map":1}}""", "a.$map", "Write $$map for a member named $map")]
    [InlineData("""{"a":{"b":1,"b":2}}""", "a.b", "is there twice")]
    [InlineData("""{"a":"\ud800"}""", "a", "unpaired surrogate")]
    [InlineData("""{"\ud800":1}""", "", "unpaired surrogate")]
    public void A_template_that_cannot_be_right_is_refused_where_it_is_wrong(string template, string path, string words)
    {
        var refused = Assert.Throws<MappingRefused>(() => Some.Mapping(template));
        Assert.Equal(path, refused.Path);
        Assert.Contains(words, refused.Reason, StringComparison.Ordinal);
    }
}

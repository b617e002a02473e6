using System.Text;
using System.Text.Json;
using EventMesh.Domain.Mappings;
using EventMesh.EventStore;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Mappings;

public class MappingTests
{
    [Theory]
    [InlineData("""{"email":"$.data.customer.email"}""", """{"email":"a@b.example"}""")]
    [InlineData("""{"type":"$.type","subject":"$.subject","id":"$.id","tier":"$.tier"}""", """{"type":"order.paid","subject":"order-7","id":"e-1","tier":"gold"}""")]
    [InlineData("\"$.data.customer\"", """{"email":"a@b.example","name":"Zoë"}""")]
    [InlineData("""["$.data.id","$.data.total",true,null,1.50,"text"]""", """[7,12.50,true,null,1.50,"text"]""")]
    [InlineData("""{"z":1,"a":{"nested":["$.data.id",{}]},"m":[]}""", """{"z":1,"a":{"nested":[7,{}]},"m":[]}""")]
    public void Paths_and_constants_fill_a_template_in_its_own_order(string template, string body) => Assert.Equal(body, Some.Of(template));

    [Theory]
    [InlineData("$.data.items[0].sku", "\"A\"")]
    [InlineData("$.data.items[2].qty", "3")]
    [InlineData("$.data['odd name']", "\"x\"")]
    [InlineData("$.data[\"odd name\"]", "\"x\"")]
    [InlineData("$.data['a.b']", "1")]
    [InlineData("$.data['it''s']", "2")]
    [InlineData("$['data'].id", "7")]
    [InlineData("$.data.items[*].sku", """["A","B"]""")]
    [InlineData("$.data.items[*].tags", """[["x","y"],[]]""")]
    [InlineData("$.data.items[*].tags[*]", """["x","y"]""")]
    [InlineData("$.data.items[*].none", "[]")]
    [InlineData("$.data.empty[*]", "[]")]
    [InlineData("$.data.nothing", "null")]
    public void A_path_finds(string path, string found) => Assert.Equal(found, Some.Of(JsonSerializer.Serialize(path)));

    [Theory]
    [InlineData("$.data.none")]
    [InlineData("$.data.customer.email.domain")]
    [InlineData("$.data.items[3]")]
    [InlineData("$.data.items.sku")]
    [InlineData("$.data.customer[0]")]
    [InlineData("$.data.customer[*]")]
    [InlineData("$.data.none[*].sku")]
    [InlineData("$.time")]
    public void What_is_not_there_is_left_out_of_objects_and_lists(string path)
    {
        Assert.Equal("""{"a":1}""", Some.Of($$"""{"a":1,"b":"{{path}}"}"""));
        Assert.Equal("[1]", Some.Of($$"""[1,"{{path}}"]"""));
        Assert.Equal("""{"a":"else"}""", Some.Of($$"""{"a":{"$path":"{{path}}","default":"else"} }"""));
        Assert.Equal("mapping", Assert.Throws<MappingFailed>(() => Some.Of($"\"{path}\"")).Path);
    }

    [Theory]
    [InlineData("""{"$path":"$.data.nothing","default":0}""", "0")]
    [InlineData("""{"$path":"$.data.none","default":null}""", "null")]
    [InlineData("""{"$path":"$.data.id","default":0}""", "7")]
    [InlineData("""{"$path":"$.data.none","default":"$.data.id"}""", "7")]
    [InlineData("""{"$path":"$.data.none","default":{"$path":"$.data.nothing","default":{"deep":["$.type"]}}}""", """{"deep":["order.paid"]}""")]
    [InlineData("""{"$path":"$.data.empty[*]","default":"else"}""", "[]")]
    public void A_default_stands_in_for_what_is_missing_or_null(string template, string body) => Assert.Equal(body, Some.Of(template));

    [Theory]
    [InlineData("""{"$each":"$.data.items","as":{"sku":"@.sku","order":"$.data.id"}}""", """[{"sku":"A","order":7},{"sku":"B","order":7},{"order":7}]""")]
    [InlineData("""{"$each":"$.data.items","as":"@.sku"}""", """["A","B"]""")]
    [InlineData("""{"$each":"$.data.items","as":{"$path":"@.sku","default":"?"}}""", """["A","B","?"]""")]
    [InlineData("""{"$each":"$.data.items[*].tags[*]","as":{"tag":"@"}}""", """[{"tag":"x"},{"tag":"y"}]""")]
    [InlineData("""{"$each":"$.data.items","as":{"$each":"@.tags","as":"@","default":[]}}""", """[["x","y"],[],[]]""")]
    [InlineData("""{"$each":"$.data.none","as":1,"default":[]}""", "[]")]
    [InlineData("""{"list":{"$each":"$.data.customer","as":1}}""", "{}")]
    public void A_list_is_made_of_a_list(string template, string body) => Assert.Equal(body, Some.Of(template));

    [Theory]
    [InlineData("""["$$.data.id","$$","$$5","@@home","5$","a@b","$$$x"]""", """["$.data.id","$","$5","@home","5$","a@b","$$x"]""")]
    [InlineData("""{"$$ref":"x","$$path":"y","a$":1,"@id":2}""", """{"$ref":"x","$path":"y","a$":1,"@id":2}""")]
    public void A_doubled_sign_is_text(string template, string body) => Assert.Equal(body, Some.Of(template));

    [Fact]
    public void The_whole_event_is_a_dollar() => Assert.Equal("order.paid", JsonElement.Parse(Some.Of("""{"event":"$"}""")).GetProperty("event").GetProperty("type").GetString());

    [Fact]
    public void What_is_copied_is_copied_byte_by_byte() => Assert.Equal(
        """{"a":1.500e3,"b":"\u00e9\/é"}""", Some.Of("""{"a":"$.data.a","b":"$.data.b"}""", JsonElement.Parse("""{"data":{"a":1.500e3,"b":"\u00e9\/é"}}""")));

    [Fact]
    public void Without_paths_a_template_is_its_own_body() => Prop.ForAll<NonNull<string>[], int, bool>((texts, number, flag) =>
    {
        var template = JsonSerializer.Serialize(new { texts = texts.Select(t => Valid(t.Get)), number, flag, list = new object?[] { null, number, new { a = "x" } } });
        // Doubled where it would be a path, so that the body has it as it was.
        var escaped = JsonSerializer.Serialize(new { texts = texts.Select(t => Valid(t.Get)).Select(t => t is ['$' or '@', ..] ? t[0] + t : t), number, flag, list = new object?[] { null, number, new { a = "x" } } });
        return JsonElement.DeepEquals(JsonElement.Parse(template), JsonElement.Parse(Some.Of(escaped)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_template_the_body_is_json_or_the_mapping_says_why_not() => Prop.ForAll<byte[]>(chance =>
    {
        var template = JsonElement.Parse(Template(chance, 0, 0));
        try
        {
            var body = Mapping.Parse(template).Apply(Some.Order);
            JsonElement.Parse(body);
            return body.Length <= MappingLimits.OutputBytesMax;
        }
        catch (Exception refusal) when (refusal is MappingRefused or MappingFailed)
        {
            return refusal.Message.Length > 0;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void It_is_stored_and_read_again_with_its_members_in_order()
    {
        var mapping = Some.Mapping("""{ "zz": "$.data.id", "a": { "$path": "$.data.none", "default": 1.50 } }""");
        var stored = JsonSerializer.Serialize(mapping, EventTypes.Json);
        Assert.Equal(JsonValueKind.String, JsonElement.Parse(stored).ValueKind);
        var read = JsonSerializer.Deserialize<Mapping>(stored, EventTypes.Json)!;
        Assert.Equal(mapping, read);
        Assert.Equal("""{"zz":7,"a":1.50}""", Encoding.UTF8.GetString(read.Apply(Some.Order)));
        Assert.NotEqual(mapping, Some.Mapping("""{"a":{"$path":"$.data.none","default":1.50},"zz":"$.data.id"}"""));
    }

    private static string Valid(string text) => new([.. text.Where(c => !char.IsSurrogate(c))]);

    private static string Template(byte[] chance, int at, int depth)
    {
        string[] paths = ["$", "$.data", "$.data.items", "$.data.items[*].tags[*]", "$.data.items[1]", "$.none", "@", "@.sku", "$$x", "text", "$x", "$.data[", "$.data['odd name']"];
        var choice = at < chance.Length ? chance[at] : 0;
        string Inner(int place) => Template(chance, at * 2 + place + 1, depth + 1);
        string Path(int place) => paths[(at + place < chance.Length ? chance[at + place] : 0) % paths.Length];
        return depth > 4 ? "1" : (choice % 7) switch
        {
            0 => $$"""{"a":{{Inner(0)}},"b":{{Inner(1)}}}""",
            1 => $"[{Inner(0)},{Inner(1)}]",
            2 => $$"""{"$each":"{{Path(1)}}","as":{{Inner(0)}}}""",
            3 => $$"""{"$path":"{{Path(1)}}","default":{{Inner(0)}}}""",
            4 => "null",
            _ => $"\"{Path(1)}\"",
        };
    }
}

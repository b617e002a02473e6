using System.Text;
using System.Text.Json;
using EventMesh.Domain.Redaction;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Redaction;

public class RedactionRulesTests
{
    [Theory]
    [InlineData("""{"data":{"customer":{"email":"a","name":"b"}}}""", "$.data.customer.email", """{"data":{"customer":{"email":"[redacted]","name":"b"}}}""")]
    [InlineData("""{"data":{"items":[{"card":"1","n":1},{"card":{"x":2}},3]}}""", "$.data.items[*].card", """{"data":{"items":[{"card":"[redacted]","n":1},{"card":"[redacted]"},"[redacted]"]}}""")]
    [InlineData("""{"data":{"a":{"iban":1},"b":{"iban":null,"c":1.50}}}""", "$.data.*.iban", """{"data":{"a":{"iban":"[redacted]"},"b":{"iban":"[redacted]","c":1.50}}}""")]
    [InlineData("""{"email":1,"data":[{"x":{"email":[1]}},{"emails":"e"}]}""", "$..email", """{"email":"[redacted]","data":[{"x":{"email":"[redacted]"}},{"emails":"e"}]}""")]
    [InlineData("""{"data":{"odd name's":1}}""", "$.data['odd name''s']", """{"data":{"odd name's":"[redacted]"}}""")]
    [InlineData("""{"a":{"b":{"a":{"b":1}}}}""", "$..a.b", """{"a":{"b":"[redacted]"}}""")]
    public void A_value_under_a_rule_is_replaced_and_nothing_else(string body, string path, string expected) => Assert.Equal(expected, Redact(body, path));

    [Theory]
    [InlineData("""{"data":{"customer":[{"email":"a"},[{"email":"b"}]]}}""", "$.data.customer.email", """{"data":{"customer":[{"email":"[redacted]"},[{"email":"[redacted]"}]]}}""")]
    [InlineData("""{"data":{"customer":"a@b.c"}}""", "$.data.customer.email", """{"data":{"customer":"[redacted]"}}""")]
    [InlineData("""{"data":"<email>a@b.c</email>"}""", "$.data.customer.email", """{"data":"[redacted]"}""")]
    [InlineData("""{"data":{"items":{"first":{"card":1}}}}""", "$.data.items[*].card", """{"data":{"items":{"first":{"card":"[redacted]"}}}}""")]
    [InlineData("""{"data":{"customer":null}}""", "$.data.customer.email", """{"data":{"customer":null}}""")]
    [InlineData("""{"data_base64":"YUBiLmM="}""", "$.data.customer.email", """{"data_base64":"[redacted]"}""")]
    public void A_body_that_is_not_what_a_rule_expects_shows_less_not_more(string body, string path, string expected) => Assert.Equal(expected, Redact(body, path));

    [Theory]
    [InlineData("""{"data":{"\u0065mail":"secret"}}""")]
    [InlineData("""{"data":{"email":"secret","email":"secret"}}""")]
    [InlineData("""{"data":{"\ud800":"secret"}}""")]
    [InlineData("""{"data":{"email":"secret"}} {}""")]
    [InlineData("""{"data":{"email":"secret"}""")]
    [InlineData("""{"data":{"email":"secret",}}""")]
    [InlineData("secret")]
    [InlineData("")]
    public void Hostile_bodies_escape_no_rule(string body) => Assert.DoesNotContain("secret", Redact(body, "$.data.email"), StringComparison.Ordinal);

    [Fact]
    public void A_body_that_is_too_deep_is_not_shown()
    {
        var (deepest, tooDeep) = (Nested(RedactionLimits.DepthMax), Nested(RedactionLimits.DepthMax + 1));
        Assert.Equal(deepest, Redact(deepest, "$..email"));
        Assert.Equal("\"[redacted]\"", Redact(tooDeep, "$..email"));

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Fact]
    public void Nothing_that_a_rule_names_survives_and_everything_else_is_as_it_was() => Prop.ForAll(Bodies(), body =>
    {
        var before = JsonDocument.Parse(body).RootElement;
        var after = JsonDocument.Parse(Redact(body, "$..email")).RootElement;
        return Same(before, after, "");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_rules_no_value_survives_and_an_event_keeps_its_attributes()
    {
        const string body = """{"id":"1","type":"order.created","subject":"s","ext":"secret","data":{"email":"secret","n":12,"ok":true,"none":null,"by":{"a@b.c":1,"4915112345678":2},"list":[1,"secret"]}}""";
        Assert.Equal(
            """{"id":"1","type":"order.created","subject":"s","ext":"[string]","data":{"email":"[string]","n":"[number]","ok":"[boolean]","none":null,"by":{"[name 1]":"[number]","[name 2]":"[number]"},"list":["[number]","[string]"]}}""",
            Encoding.UTF8.GetString(RedactionRules.ShapeOnly.OfEvent(Encoding.UTF8.GetBytes(body))));
    }

    [Theory]
    [InlineData(10, "")]
    [InlineData(11, ",\"[1 more]\"")]
    public void Of_a_long_list_the_shape_is_shown_in_part(int items, string more) => Assert.Equal(
        $"[{string.Join(',', Enumerable.Repeat("\"[number]\"", 10))}{more}]", Encoding.UTF8.GetString(BodyShape.Of(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("7", items))}]"))!));

    [Fact]
    public void What_is_not_json_has_no_shape() => Assert.Null(BodyShape.Of("<html>secret</html>"u8.ToArray()));

    [Fact]
    public void Who_says_that_nothing_is_personal_sees_everything() =>
        Assert.Equal("""{"data":{"a":1},"data_base64":"YQ=="}""", Encoding.UTF8.GetString(RedactionRules.Of([]).OfEvent("""{"data":{"a":1},"data_base64":"YQ=="}"""u8.ToArray())));

    [Fact]
    public void Rules_that_cannot_be_read_any_more_keep_everything() => Assert.Same(RedactionRules.ShapeOnly, RedactionRules.Of(["$.a", "no path"]));

    private static string Redact(string body, params string[] paths) => Encoding.UTF8.GetString(RedactionRules.Of(paths).OfEvent(Encoding.UTF8.GetBytes(body)));

    private static bool Same(JsonElement before, JsonElement after, string name)
    {
        if (name == "email") return after.ValueKind == JsonValueKind.String && after.GetString() == RedactionRules.Redacted;
        return before.ValueKind == after.ValueKind && before.ValueKind switch
        {
            JsonValueKind.Object => before.EnumerateObject().Zip(after.EnumerateObject()).All(m => m.First.Name == m.Second.Name && Same(m.First.Value, m.Second.Value, m.First.Name))
                && before.EnumerateObject().Count() == after.EnumerateObject().Count(),
            JsonValueKind.Array => before.GetArrayLength() == after.GetArrayLength() && before.EnumerateArray().Zip(after.EnumerateArray()).All(i => Same(i.First, i.Second, "")),
            _ => before.GetRawText() == after.GetRawText(),
        };
    }

    private static Arbitrary<string> Bodies() => Arb.From(Gen.Sized(size => from data in Value(Math.Min(size, 6)) select $"{{\"data\" : {data}}}"));

    private static Gen<string> Value(int size)
    {
        var scalar = Gen.Elements("1", "-0.50e1", "true", "null", "\"x\"", "\"\\u00e9\\n\"");
        if (size == 0) return scalar;
        var members = from count in Gen.Choose(0, 4)
                      from names in Gen.ArrayOf(Gen.Elements("email", "name", "\\u0065mail", "data", ""), count)
                      from values in Gen.ArrayOf(Value(size - 1), count)
                      select $"{{{string.Join(" , ", names.Distinct().Zip(values, (n, v) => $"\"{n}\" : {v}"))}}}";
        var items = from count in Gen.Choose(0, 3) from values in Gen.ArrayOf(Value(size - 1), count) select $"[{string.Join(", ", values)}]";
        return Gen.OneOf(scalar, members, items);
    }
}

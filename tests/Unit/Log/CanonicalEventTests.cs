using System.Text;
using System.Text.Json;
using EventMesh.Domain.Log;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Log;

public class CanonicalEventTests
{
    private static readonly EventFields Some = new(
        Utf8("00000000002f-000000000011"), Utf8("acme"), Utf8("connection-con_1"), 3, Guid.Parse("0195A4B1-7A6F-7C3E-9D10-2F1E2D3C4B5A"), Utf8("connection_created"),
        new DateTimeOffset(2026, 11, 21, 10, 0, 0, 120, TimeSpan.Zero), Utf8("""{"url": "https://a/b", "at": "2026-11-21T10:00:00.12Z", "retries": 1.0}"""),
        Utf8("key_1"), Utf8("cor_1"), null, Utf8("EventMesh.X+ConnectionCreated, EventMesh.Domain"), Utf8("""{"traceparent": "00-1-2-01", "elevation": "elv_1"}"""));

    [Fact]
    public void Every_stored_field_stands_in_the_order_of_its_name_and_what_is_absent_is_left_out() => Assert.Equal(
        """{"actor":"key_1","at":"2026-11-21T10:00:00.120000Z","correlation_id":"cor_1","data":{"at":"2026-11-21T10:00:00.12Z","retries":1.0,"url":"https://a/b"},"dotnet_type":"EventMesh.X+ConnectionCreated, EventMesh.Domain","headers":{"elevation":"elv_1","traceparent":"00-1-2-01"},"id":"0195a4b1-7a6f-7c3e-9d10-2f1e2d3c4b5a","position":"00000000002f-000000000011","stream":"connection-con_1","type":"connection_created","version":3,"workspace":"acme"}""",
        Written(Some));

    [Fact]
    public void What_we_never_write_is_there_when_somebody_did() => Assert.Equal(
        """{"archived":true,"at":"2026-11-21T10:00:00.120000Z","bdata":"AQI=","data":null,"id":"0195a4b1-7a6f-7c3e-9d10-2f1e2d3c4b5a","position":"p","stream":"s","type":"t","version":1,"workspace":"w"}""",
        Written(new(Utf8("p"), Utf8("w"), Utf8("s"), 1, Some.Id, Utf8("t"), Some.At, Utf8("null"), null, null, null, null, default, true, new byte[] { 1, 2 })));

    [Theory]
    [InlineData("""{"b": 1, "a": 2, "aa": 3, "B": 4, "": 5}""", """{"":5,"B":4,"a":2,"aa":3,"b":1}""")]
    [InlineData("""[ 1 , [ ] , { } , [ [ "x" ] , true , false , null ] ]""", """[1,[],{},[["x"],true,false,null]]""")]
    [InlineData("""{"z": {"d": [{"y": 1, "x": 2}], "c": {}}, "a": [[], {}]}""", """{"a":[[],{}],"z":{"c":{},"d":[{"x":2,"y":1}]}}""")]
    // jsonb keeps what no double does.
    [InlineData("""[100000000000000000000000000000001, 1.0, 0.1000, -0.5, 1e400]""", """[100000000000000000000000000000001,1.0,0.1000,-0.5,1e400]""")]
    // RFC 8785 §3.2.2.2 and Appendix: fewest escapes.
    [InlineData(""""["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"]"""", """"["€$\u000f\nA'B\"\\\\\"/"]"""")]
    [InlineData("""["\b\t\n\f\r\u0001\u001f\u007f\u2028"]""", "[\"\\b\\t\\n\\f\\r\\u0001\\u001f\u007f\u2028\"]")]
    public void Data_is_written_as_RFC_8785_says(string json, string canonical) => Assert.Equal(canonical, Data(json));

    [Fact]
    public void Keys_stand_in_the_order_of_RFC_8785s_example()
    {
        // §3.2.3: the Hebrew letter is above the surrogates of the smiley.
        var data = Data("""{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}""");
        Assert.Equal(["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"], JsonDocument.Parse(data).RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("""{"a": 1, "a": 2}""")]
    [InlineData("""{"b": 1, "a": 2, "b": 3}""")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\ud800": 1}""")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("1 2")]
    public void What_has_no_canonical_form_is_refused(string json) => Assert.Throws<FormatException>(() => Data(json));

    [Fact]
    public void Depth_has_no_say()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"b":1,"a":[""", 2_000)) + string.Concat(Enumerable.Repeat("]}", 2_000));
        Assert.Equal(string.Concat(Enumerable.Repeat("""{"a":[""", 2_000)) + string.Concat(Enumerable.Repeat("""],"b":1}""", 2_000)), Data(deep));
    }

    [Fact]
    public void A_line_of_the_feed_has_the_same_form()
    {
        const string line = """{"position":"00000000002f-000000000011","id":"0195a4b1-7a6f-7c3e-9d10-2f1e2d3c4b5a","workspace":"acme","stream":"connection-con_1","version":3,"type":"connection_created","at":"2026-11-21T10:00:00.12Z","data":{"url": "https://a/b", "at": "2026-11-21T10:00:00.12Z", "retries": 1.0},"correlation_id":"cor_1","causation_id":null,"actor":"key_1","elevation":"elv_1","dotnet_type":"EventMesh.X\u002BConnectionCreated, EventMesh.Domain","headers":{"traceparent": "00-1-2-01", "elevation": "elv_1"}}""";
        Assert.Equal(Written(Some), Read(line));
        Assert.Equal(Written(Some), Read(line.Replace("\"elevation\":\"elv_1\",\"dot", "\"archived\":false,\"dot", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000000Z")]
    [InlineData("2026-11-21T10:00:00.1Z", "2026-11-21T10:00:00.100000Z")]
    [InlineData("2026-11-21T10:00:00.000001Z", "2026-11-21T10:00:00.000001Z")]
    public void Times_have_six_digits(string at, string canonical) => Assert.Contains($"\"at\":\"{canonical}\"", Read(Line(at: at)), StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-11-21T10:00:00.0000001Z")]
    [InlineData("2026-11-21T10:00:00.Z")]
    [InlineData("2026-11-21T10:00:00+00:00")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("yesterday at ten or soZ")]
    [InlineData("")]
    public void Other_times_are_refused(string at) => Assert.Throws<FormatException>(() => Read(Line(at: at)));

    [Theory]
    [InlineData("""{"position":"p"}""")]
    [InlineData("""["position"]""")]
    [InlineData("""not json""")]
    public void What_is_not_a_line_is_refused(string line) => Assert.Throws<FormatException>(() => Read(line));

    [Fact]
    public void A_member_that_is_there_twice_is_refused_even_as_null()
    {
        Assert.Throws<FormatException>(() => Read(Line().Replace("{\"position\"", "{\"actor\":null,\"actor\":\"x\",\"position\"", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => Read(Line() + "{}"));
        Assert.Throws<FormatException>(() => Read(Line(version: "0")));
        Assert.Throws<FormatException>(() => Read(Line(version: "1.0")));
        Assert.Throws<FormatException>(() => Read(Line(version: "\"1\"")));
    }

    [Fact]
    public void A_line_says_what_it_is_of()
    {
        new CanonicalEvent().Read(Utf8(Line()), out var line);
        Assert.Equal("w", Encoding.UTF8.GetString(line.Workspace));
        Assert.Equal("s", Encoding.UTF8.GetString(line.Stream));
        Assert.Equal(1, line.Version);
        Assert.False(line.HasBinary);
        Assert.False(line.Beyond);
        new CanonicalEvent().Read(Utf8(Line().Replace("{\"position\"", "{\"payload\":1,\"bdata\":\"AQI=\",\"position\"", StringComparison.Ordinal)), out line);
        Assert.True(line.HasBinary);
        Assert.True(line.Beyond);
    }

    [Fact]
    public void The_form_of_a_form_is_itself_and_the_order_of_members_does_not_matter()
    {
        var json = Gen.Sized(size => Value(Math.Min(size, 40)));
        Prop.ForAll(json.ToArbitrary(), text =>
        {
            var canonical = Data(text);
            Assert.Equal(canonical, Data(canonical));
            Assert.Equal(canonical, Data(Reversed(JsonDocument.Parse(text).RootElement)));
            Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(text).RootElement, JsonDocument.Parse(canonical).RootElement));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static Gen<string> Value(int size)
    {
        var scalar = Gen.OneOf(
            Gen.Elements("null", "true", "false", "0", "-1.50", "12345678901234567890"),
            Texts.Select(t => JsonSerializer.Serialize(t)));
        if (size <= 1) return scalar;
        return Gen.OneOf(
            scalar,
            Value(size / 3).ListOf().Select(items => $"[{string.Join(" , ", items.Take(4))}]"),
            Texts.ListOf().SelectMany(names => Value(size / 3).ListOf(), (names, values) =>
                $"{{{string.Join(", ", names.Distinct().Zip(values, (n, v) => $"{JsonSerializer.Serialize(n)}: {v}").Take(6))}}}"));
    }

    private static Gen<string> Texts => Gen.Elements("a", "b", "Z", "é", "\ud83d\ude00", "\ufb33", "\"", "\\", "\n", "\u0001", "/", "\ue000", "\uffee").ListOf().Select(parts => string.Concat(parts.Take(3)));

    private static string Reversed(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', json.EnumerateObject().Reverse().Select(p => $"{JsonSerializer.Serialize(p.Name)}:{Reversed(p.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(Reversed))}]",
        _ => json.GetRawText(),
    };

    private static string Line(string at = "2026-11-21T10:00:00Z", string version = "1") =>
        $$"""{"position":"p","id":"i","workspace":"w","stream":"s","version":{{version}},"type":"t","data":{},"at":"{{at}}"}""";

    private static string Written(EventFields of) => Encoding.UTF8.GetString(new CanonicalEvent().Write(of));

    private static string Read(string line) => Encoding.UTF8.GetString(new CanonicalEvent().Read(Utf8(line), out _));

    private static string Data(string json)
    {
        var written = Written(Some with { Data = Utf8(json), Actor = null, CorrelationId = null });
        return written["""{"at":"2026-11-21T10:00:00.120000Z","data":""".Length..written.LastIndexOf(",\"dotnet_type\"", StringComparison.Ordinal)];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

/// <summary>Whatever mode an event comes in, what is kept of it is one canonical form.</summary>
public sealed class CanonicalEventTests
{
    [Fact]
    public void Attributes_have_one_order_and_data_stays_byte_for_byte() => Assert.Equal(
        """{"specversion":"1.0","id":"ä\"","source":"/s","type":"t","subject":"x","time":"2026-11-20T12:00:00Z","datacontenttype":"application/json","dataschema":"a:b","aa":true,"bb":-7,"resource":"r","data":{"b":1e2,"a":[" \" \\",1.0,"\u00e9é"]}}""",
        Structured("""
            { "data" : { "b" : 1e2 , "a" : [ " \" \\" ,	1.0, "\u00e9é" ] } , "resource":"r","bb":-7,"aa":true, "dataschema":"a:b","datacontenttype":"application/json",
              "time":"2026-11-20T12:00:00Z","subject":"x","type":"t","source":"/s","id":"\u00e4\"","specversion":"1.0" , "gone":null }
            """));

    [Theory]
    [InlineData("""  "text"  """, """ "text" """), InlineData(" null", "null"), InlineData("[ ]", "[]"), InlineData("-1.50e+3", "-1.50e+3"), InlineData("\"\\\\\"", "\"\\\\\""), InlineData("{\"a b\":\" \"}", "{\"a b\":\" \"}")]
    public void Data_loses_its_white_space_and_nothing_else(string data, string kept) =>
        Assert.Equal(WithData(kept.Trim()), Structured(WithData(data)));

    [Fact]
    public void White_space_is_taken_out_of_any_json_as_a_serializer_would()
    {
        var indented = new JsonSerializerOptions { WriteIndented = true };
        Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), texts =>
        {
            var node = new JsonArray([.. texts.Select(t => (JsonNode?)new JsonObject { ["k" + t?.Replace('\0', ' ')] = Clean(t), ["n"] = new JsonArray(1, true, null) })]);
            var compact = Encoding.UTF8.GetString(CompactJson.Of(Encoding.UTF8.GetBytes(node.ToJsonString(indented))));
            Assert.Equal(node.ToJsonString(), compact);
        }).QuickCheckThrowOnFailure();

        static string? Clean(string? text) => text is null ? null : new string([.. text.Where(c => !char.IsSurrogate(c))]);
    }

    [Fact]
    public void Binary_mode_ends_as_the_same()
    {
        Assert.Equal(
            """{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"ä","datacontenttype":"application/json","ext":"5","data":{"a":1}}""",
            Binary("""{ "a" : 1 }""", "application/json", ("ce-subject", "%c3%a4"), ("ce-ext", "5")));
        Assert.EndsWith(""","datacontenttype":"text/plain","data":"a \"b\" é"}""", Binary("a \"b\" é", "text/plain"), StringComparison.Ordinal);
        Assert.EndsWith(""","datacontenttype":"text/plain; charset=latin1","data_base64":"YQ=="}""", Binary("a", "text/plain; charset=latin1"), StringComparison.Ordinal);
        Assert.EndsWith(""","datacontenttype":"image/png","data_base64":"AQI="}""", Binary("\u0001\u0002", "image/png"), StringComparison.Ordinal);
        Assert.EndsWith(""","datacontenttype":"application/octet-stream","data_base64":"YQ=="}""", Binary("a", null), StringComparison.Ordinal);
        Assert.EndsWith(""","type":"t"}""", Binary("", null), StringComparison.Ordinal);
        Assert.EndsWith(""","datacontenttype":"application/json"}""", Binary("", "application/json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Base64_data_is_kept() =>
        Assert.EndsWith(""","data_base64":"AQI="}""", Structured("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"AQI="}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData(16), InlineData(17), InlineData(5_000)]
    public void A_member_that_is_there_twice_is_found_however_many_there_are(int count)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":{{\"m0\":1}}"));
        Structured(WithData("{" + members + "}"));
        foreach (var again in new[] { "m0", $"m{count - 1}", "\\u006d0" })
            Assert.Equal("data", Assert.Single(Refused(WithData($"[{{{members},\"{again}\":1}}]")).Errors).Field);
    }

    [Theory]
    [InlineData("\\ud83d\\ude00", true), InlineData("\\ud83d", false), InlineData("\\ude00", false), InlineData("\\ud83dx", false), InlineData("\\ud83d\\n", false), InlineData("\\ud83d\\ud83d\\ude00", false), InlineData("\\\\ud83d", true), InlineData("\\ud83d\\ude00\\ude00", false)]
    public void Half_a_surrogate_pair_is_refused(string escaped, bool whole)
    {
        var json = WithData($"{{\"{escaped}\":[\"{escaped}\"]}}");
        if (whole) Structured(json);
        else Assert.Equal("data", Refused(json).Errors[0].Field);
    }

    private static string WithData(string data) => """{"specversion":"1.0","id":"1","source":"/s","type":"t","data":""" + data + "}";

    private static string Structured(string json) => Encoding.UTF8.GetString(StructuredMode.Read(Encoding.UTF8.GetBytes(json)).Json.Span);

    private static ProblemException Refused(string json) => Assert.Throws<ProblemException>(() => StructuredMode.Read(Encoding.UTF8.GetBytes(json)));

    private static string Binary(string body, string? contentType, params (string Name, string Value)[] further)
    {
        var headers = new HeaderDictionary { ["ce-specversion"] = "1.0", ["ce-id"] = "1", ["ce-source"] = "/s", ["ce-type"] = "t" };
        if (contentType is not null) headers["Content-Type"] = contentType;
        foreach (var (name, value) in further) headers[name] = value;
        return Encoding.UTF8.GetString(BinaryMode.Read(headers, Encoding.UTF8.GetBytes(body)).Json.Span);
    }
}

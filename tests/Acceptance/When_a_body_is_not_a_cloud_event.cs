using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_body_is_not_a_cloud_event(RunningMesh mesh)
{
    private const string Start = """{"specversion":"1.0","id":"1","source":"/s","type":"t" """;

    [Theory]
    [InlineData("""{"id":"1","source":"/s","type":"t"}""", "specversion", "is required")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"/s","type":"t"}""", "specversion", "must be 1.0")]
    [InlineData("""{"specversion":1.0,"id":"1","source":"/s","type":"t"}""", "specversion", "must be a string")]
    [InlineData("""{"specversion":"1.0","source":"/s","type":"t"}""", "id", "is required")]
    [InlineData("""{"specversion":"1.0","id":null,"source":"/s","type":"t"}""", "id", "is required")]
    [InlineData("""{"specversion":"1.0","id":"","source":"/s","type":"t"}""", "id", "may not be empty")]
    [InlineData("""{"specversion":"1.0","id":7,"source":"/s","type":"t"}""", "id", "must be a string")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"t"}""", "source", "is required")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"","type":"t"}""", "source", "may not be empty")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"a b","type":"t"}""", "source", "URI-reference")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"1a:b","type":"t"}""", "source", "URI-reference")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/%zz","type":"t"}""", "source", "URI-reference")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s"}""", "type", "is required")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":""}""", "type", "may not be empty")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":["t"]}""", "type", "must be a string")]
    [InlineData("""{"specversion":"1.0","id":"1\u0000","source":"/s","type":"t"}""", "id", "control characters")]
    [InlineData("""{"specversion":"1.0","id":"1\ud800","source":"/s","type":"t"}""", "id", "unpaired surrogate")]
    [InlineData(Start + ""","id":"2"}""", "id", "is there twice")]
    [InlineData(Start + ""","subject":""}""", "subject", "may not be empty")]
    [InlineData(Start + ""","time":"2026-02-30T00:00:00Z"}""", "time", "RFC 3339")]
    [InlineData(Start + ""","time":"2026-11-20 12:00:00"}""", "time", "RFC 3339")]
    [InlineData(Start + ""","time":1700000000}""", "time", "must be a string")]
    [InlineData(Start + ""","datacontenttype":"json"}""", "datacontenttype", "media type")]
    [InlineData(Start + ""","dataschema":"/relative"}""", "dataschema", "absolute URI")]
    [InlineData(Start + ""","resource":7}""", "resource", "must be a string")]
    [InlineData(Start + ""","resourceid":true}""", "resourceid", "must be a string")]
    [InlineData(Start + ""","Resource":"x"}""", "Resource", "a-z and 0-9")]
    [InlineData(Start + ""","an_extension":"x"}""", "an_extension", "a-z and 0-9")]
    [InlineData(Start + ""","abcdefghijklmnopqrstu":"x"}""", "abcdefghijklmnopqrstu", "1 to 20 characters")]
    [InlineData(Start + ""","extension":{"a":1}}""", "extension", "must be a string, an integer or a boolean")]
    [InlineData(Start + ""","extension":1.5}""", "extension", "integer of 32 bits")]
    [InlineData(Start + ""","extension":2147483648}""", "extension", "integer of 32 bits")]
    [InlineData(Start + ""","data":1,"data_base64":"AA=="}""", "data_base64", "may not both be there")]
    [InlineData(Start + ""","data_base64":"A"}""", "data_base64", "base64")]
    [InlineData(Start + ""","data_base64":{}}""", "data_base64", "must be a string")]
    [InlineData(Start + ""","data":{"a":{"b":1,"b":2}}}""", "data", "has the member 'b' twice")]
    [InlineData(Start + ""","data":{"b":1,"\u0062":2}}""", "data", "has the member 'b' twice")]
    [InlineData(Start + ""","data":"\udc00"}""", "data", "unpaired surrogate")]
    [InlineData("[]", "body", "must be a JSON object")]
    [InlineData("7", "body", "must be a JSON object")]
    [InlineData("", "body", "is required")]
    public async Task The_field_and_the_reason_are_named_and_nothing_is_stored(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Publish(body)).IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names(field, words);
        Assert.Empty((await workspace.Get("/events")).Items);
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData(Start + "}}", "line 1")]
    [InlineData("{\"id\":'1'}", "line 1, column 7")]
    [InlineData(Start + ",\n}", "line 2")]
    public async Task Broken_json_is_named_by_its_place(string body, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Publish(body)).IsProblem(HttpStatusCode.BadRequest, "malformed_json").Names("body", words);
    }

    [Fact]
    public async Task What_is_not_utf8_is_refused()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Caller.Send(HttpMethod.Post, workspace.Path + "/events", [.. "{\"specversion\":\""u8, 0xff, .. "\"}"u8], "application/cloudevents+json"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed_json").Names("body", "UTF-8");
    }

    [Fact]
    public async Task Depth_64_is_accepted_and_65_is_not()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Publish(Deep(63))).Is(HttpStatusCode.Accepted);
        (await workspace.Publish(Deep(64))).IsProblem(HttpStatusCode.BadRequest, "malformed_json").Names("body", "more than 64");
        (await workspace.PublishBatch($"[{Deep(63)}]")).Is(HttpStatusCode.Accepted);
        (await workspace.PublishBatch($"[{Deep(64)}]")).IsProblem(HttpStatusCode.BadRequest, "malformed_json");
        (await workspace.PublishBinary(Nested(63), "application/json", ("ce-specversion", "1.0"), ("ce-id", "2"), ("ce-source", "/s"), ("ce-type", "t"))).Is(HttpStatusCode.Accepted);
        (await workspace.PublishBinary(Nested(64), "application/json", ("ce-specversion", "1.0"), ("ce-id", "3"), ("ce-source", "/s"), ("ce-type", "t")))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("data", "more than 64");

        static string Deep(int levels) => Workspace.Event("1", further: $",\"data\":{Nested(levels)}");
        static string Nested(int levels) => new string('[', levels) + new string(']', levels);
    }

    [Theory]
    [InlineData("ce-id", null, "id", "is required")]
    [InlineData("ce-specversion", null, "specversion", "is required")]
    [InlineData("ce-source", "", "source", "may not be empty")]
    [InlineData("ce-subject", "%zz", "subject", "percent-encoded")]
    [InlineData("ce-subject", "%ff", "subject", "percent-encoded")]
    [InlineData("ce-an-extension", "x", "an-extension", "a-z and 0-9")]
    [InlineData("ce-datacontenttype", "text/plain", "datacontenttype", "Content-Type")]
    [InlineData("ce-time", "noon", "time", "RFC 3339")]
    public async Task Attributes_in_headers_are_held_to_the_same(string header, string? value, string field, string words)
    {
        var workspace = await mesh.Workspace();
        var headers = new Dictionary<string, string> { ["ce-specversion"] = "1.0", ["ce-id"] = "1", ["ce-source"] = "/s", ["ce-type"] = "t" };
        if (value is null) headers.Remove(header);
        else headers[header] = value;
        (await workspace.PublishBinary("{}", "application/json", [.. headers.Select(h => (h.Key, h.Value))])).IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names(field, words);
        Assert.Empty((await workspace.Get("/events")).Items);
    }

    [Fact]
    public async Task Data_that_is_said_to_be_json_must_be()
    {
        var workspace = await mesh.Workspace();
        (await workspace.PublishBinary("{", "application/json", ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("data", "is not valid JSON");
    }
}

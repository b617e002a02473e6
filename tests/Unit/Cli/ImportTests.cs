using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Cli;
using EventMesh.Cli.Importing;
using EventMesh.Domain.Schemas;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

/// <summary>Event types out of OpenAPI documents.</summary>
public class ImportTests
{
    private static readonly string Shop = Architecture.Repository.Path("tests/Unit/Cli/openapi/shop.yaml");

    [Fact]
    public void Each_webhook_with_a_json_body_is_a_type()
    {
        var (types, notes) = Read(File.ReadAllText(Shop));
        Assert.Equal(["order.paid", "order.refunded", "category.changed", "stock.low"], types.Select(t => t.Name));
        Assert.Equal(["An order was paid in full.\nSent once for each order.", "Money went back.", null, "Little is left."], types.Select(t => t.Description));
        Assert.Equal(["label.printed is passed over: its POST has no JSON body.", "ping is passed over: it has no POST."], notes);
    }

    [Fact]
    public void Its_schema_stands_for_itself_and_its_example_fits_it() => Assert.All(Read(File.ReadAllText(Shop)).Types, type =>
    {
        var schema = JsonSchema.Parse(type.Schema!.ToJsonString());
        if (type.Example is { } example)
            Assert.Empty(schema.Check(JsonElement.Parse(example.ToJsonString())));
        Assert.NotEmpty(schema.Check(JsonElement.Parse("7")));
    });

    [Fact]
    public void What_a_schema_refers_to_comes_along_once()
    {
        var refunded = Read(File.ReadAllText(Shop)).Types[1].Schema!;
        Assert.Equal(["Order", "Price/Kind", "Customer", "Line"], refunded["$defs"]!.AsObject().Select(d => d.Key));
        Assert.Equal("#/$defs/Order/properties/total", refunded["properties"]!["amount"]!["$ref"]!.ToString());
        Assert.Equal("#/$defs/Price~1Kind", refunded["properties"]!["example"]!["$ref"]!.ToString());
        Assert.Equal("must be one of \"net\", \"gross\"", Assert.Single(JsonSchema.Parse(refunded.ToJsonString()).Check(JsonElement.Parse("""{"order":{"id":"ord_1","total":1,"currency":"EUR"},"amount":1,"example":"x"}"""))).Reason);
    }

    [Fact]
    public void A_schema_that_refers_to_itself_does_so_in_the_bundle()
    {
        var schema = JsonSchema.Parse(Read(File.ReadAllText(Shop)).Types[2].Schema!.ToJsonString());
        Assert.Equal("/children/0/children/0", Assert.Single(schema.Check(JsonElement.Parse("""{"name":"a","children":[{"name":"b","children":[{}]}]}"""))).Path);
    }

    [Theory]
    [InlineData("yes", "\"yes\"")]
    [InlineData("NO", "\"NO\"")]
    [InlineData("~", "null")]
    [InlineData("True", "true")]
    [InlineData("2024-02-29", "\"2024-02-29\"")]
    [InlineData("120.50", "120.50")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    [InlineData("0x1f", "31")]
    [InlineData("+1", "1")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    public void Yaml_is_read_by_the_core_schema_of_1_2(string yaml, string json) => Assert.Equal(json, YamlJson.Parse("- " + yaml, 10)![0]?.ToJsonString() ?? "null");

    [Fact]
    public void Aliases_of_aliases_do_not_fill_the_memory()
    {
        var bomb = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 30).Select(n => $"a{n}: &a{n} [{string.Join(", ", Enumerable.Repeat($"*a{n - 1}", 10))}]\n"));
        Assert.Contains("more than 200000 values", Assert.ThrowsAny<YamlDotNet.Core.YamlException>(() => YamlJson.Parse(bomb, 100)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenApi_3_0_has_them_as_x_webhooks_with_its_own_schemas()
    {
        var (types, _) = Read("""
            {"openapi":"3.0.3","x-webhooks":{"a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{
            "name":{"type":"string","nullable":true},"kind":{"type":"string","nullable":true,"enum":["x"]},"left":{"type":"integer","minimum":0,"exclusiveMinimum":true},"nullable":{"type":"boolean"}}}}}}}}}}
            """);
        Assert.Equal(
            """{"type":"object","properties":{"name":{"type":["string","null"]},"kind":{"type":["string","null"],"enum":["x",null]},"left":{"type":"integer","exclusiveMinimum":0},"nullable":{"type":"boolean"}}}""",
            Assert.Single(types).Schema!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"openapi":"3.2.0"}""", "OpenAPI 3.2.0 is not read here")]
    [InlineData("""{"openapi":"3.1.0","webhooks":{}}""", "the document has no webhooks")]
    [InlineData("""{"openapi":"3.1.0","webhooks":{"a":{"$ref":"other.yaml#/a"}}}""", "outside of the document")]
    [InlineData("""{"openapi":"3.1.0","webhooks":{"a":{"$ref":"#/components/x"}}}""", "not in the document")]
    [InlineData("""{"openapi":"3.1.0","webhooks":{"a":{"$ref":"#/webhooks/a"}}}""", "in a circle")]
    [InlineData("""{"openapi":"3.1.0","webhooks":{"a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"items":{"$ref":"https://x.example/s"}}}}}}}}}""", "outside of the document")]
    public void A_document_that_cannot_be_meant_is_refused(string document, string words) => Assert.Contains(words, Assert.Throws<Failure>(() => Read(document)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task What_is_there_as_it_is_stays_and_what_differs_is_changed_so_that_each_step_can_be_taken()
    {
        await using var server = await StandIn.Start((asked, context) => (asked.Method, asked.Path.Split('/')[^1]) switch
        {
            ("GET", "same") => StandIn.Answer(context, 200, """{"description":"S","example":1,"schemas":[{"version":1,"schema":{"type":"integer"}}]}"""),
            ("GET", "changed") => StandIn.Answer(context, 200, """{"description":"C","example":"x","schemas":[{"version":1,"schema":{"type":"string"}}]}"""),
            ("GET", _) => StandIn.Answer(context, 404, "{}"),
            _ => StandIn.Answer(context, 200, "{}"),
        });
        const string webhook = """{"post":{"description":"?","requestBody":{"content":{"application/json":{"example":1,"schema":{"type":"integer"}}}}}}""";
        var webhooks = new[] { ("same", "S"), ("changed", "C"), ("created", "N") }.Select(w => $"\"{w.Item1}\":{webhook.Replace("?", w.Item2, StringComparison.Ordinal)}");
        var document = "{\"openapi\":\"3.1.0\",\"webhooks\":{" + string.Join(',', webhooks) + "}}";
        var dry = new Prompt(server.Url) { Input = document };
        Assert.Equal(0, await dry.Type("types", "import", "-", "-w", "acme", "--dry-run"));
        Assert.Equal("same     same\nchanged  changed (example, schema)\ncreated  created\n", dry.Out);
        Assert.All(server.Requests, r => Assert.Equal("GET", r.Method));

        var real = new Prompt(server.Url) { Input = document };
        Assert.Equal(0, await real.Type("types", "import", "-", "-w", "acme"));
        Assert.Equal(dry.Out, real.Out);
        Assert.Equal(
            ["PATCH changed {\"example\":null}", "POST schemas {\"schema\":{\"type\":\"integer\"}}", "PATCH changed {\"example\":1}",
             "POST event-types {\"name\":\"created\",\"description\":\"N\",\"example\":1,\"schema\":{\"type\":\"integer\"}}"],
            server.Requests.Where(r => r.Method != "GET").Select(r => $"{r.Method} {r.Path.Split('/')[^1]} {r.Body}"));
    }

    [Fact]
    public async Task What_the_catalogue_cannot_take_is_left_out_with_the_reason_and_a_dry_run_says_so_beforehand()
    {
        await using var server = await StandIn.Start((asked, context) => StandIn.Answer(context, asked.Method == "GET" ? 404 : 201, "{}"));
        const string document = """
            {"openapi":"3.1.0","webhooks":{
            "../rules":{"post":{"requestBody":{"content":{"application/json":{"schema":true}}}}},
            "behind":{"post":{"requestBody":{"content":{"application/json":{"schema":{"pattern":"(?<=a)b"}}}}}},
            "wrong":{"post":{"requestBody":{"content":{"application/json":{"example":{"id":"1"},"schema":{"properties":{"id":{"type":"integer"}}}}}}}},
            "long":{"post":{"description":"?","requestBody":{"content":{"application/json":{"schema":true}}}}},
            "good":{"post":{"requestBody":{"content":{"application/json":{"example":{"id":1},"schema":{"properties":{"id":{"type":"integer"}}}}}}}}}}
            """;
        foreach (var dryRun in new[] { true, false })
        {
            var prompt = new Prompt(server.Url) { Input = document.Replace("?\"", new string('x', 2_001) + "\"", StringComparison.Ordinal) };
            Assert.Equal(1, await prompt.Type(["types", "import", "-", "-w", "acme", .. dryRun ? new[] { "--dry-run" } : []]));
            Assert.Equal("refused  ../rules\nrefused  behind\nrefused  wrong\nrefused  long\ncreated  good\n", prompt.Out);
            Assert.All(
                ["../rules is refused: its name has 1 to 200 letters", "behind is refused: its schema/pattern ", "wrong is refused: its example/id must be an integer", "long is refused: its description has at most 2000"],
                said => Assert.Contains(said, prompt.Error, StringComparison.Ordinal));
            Assert.Equal(dryRun ? 0 : 1, server.Requests.Count(r => r.Method != "GET"));
        }
        Assert.All(server.Requests, r => Assert.Contains("event-types", r.Path, StringComparison.Ordinal));
    }

    private static (IReadOnlyList<ImportedType> Types, IReadOnlyList<string> Notes) Read(string document) =>
        OpenApiWebhooks.Read((document.TrimStart().StartsWith('{') ? JsonNode.Parse(document) : YamlJson.Parse(document, 128))!.AsObject());
}

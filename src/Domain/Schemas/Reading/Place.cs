using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;
using EventMesh.Domain.Schemas.Keywords;
using EventMesh.Domain.Schemas.Patterns;
using EventMesh.Domain.Schemas.References;

namespace EventMesh.Domain.Schemas.Reading;

/// <summary>One schema being read: its keywords, those last that depend on what others looked at. The metaschema has seen to it that each has its kind of value.</summary>
internal sealed class Place(SchemaReader reader, JsonElement json, string pointer, Resource resource, Dialect dialect, Document document)
{
    private const int ShownCharsMax = 200;

    public IEnumerable<Keyword> Keywords()
    {
        // What is only referred to is a schema too, and is read where it stands.
        if (Has("$defs", out var defs)) foreach (var def in defs.EnumerateObject()) At(def.Value, "$defs", def.Name);
        if (Has("contentSchema", out var content)) At(content, "contentSchema");
        if (Has("$ref", out var uri)) yield return reader.Refer(SchemaReader.Text(uri, pointer + "/$ref"), false, resource, document, pointer + "/$ref");
        if (Has("$dynamicRef", out uri)) yield return reader.Refer(SchemaReader.Text(uri, pointer + "/$dynamicRef"), true, resource, document, pointer + "/$dynamicRef");
        if (dialect.Validation) foreach (var keyword in Validation()) yield return keyword;
        if (dialect.Applicator) foreach (var keyword in Applicators()) yield return keyword;
        if (!dialect.Unevaluated) yield break;
        if (Has("unevaluatedItems", out var items)) yield return new Unevaluated(Kind.Array, At(items, "unevaluatedItems"));
        if (Has("unevaluatedProperties", out var properties)) yield return new Unevaluated(Kind.Object, At(properties, "unevaluatedProperties"));
    }

    private IEnumerable<Keyword> Validation()
    {
        if (Has("type", out var type)) yield return new OfType(type.ValueKind == JsonValueKind.String ? [type.GetString()!] : Texts(type));
        if (Has("const", out var constant)) yield return new OneOfValues("const", [new InstanceReader().Read(constant)], Shown(constant.GetRawText()));
        if (Has("enum", out var values)) yield return new OneOfValues("enum", [.. values.EnumerateArray().Select(v => new InstanceReader().Read(v))], Shown(string.Join(", ", values.EnumerateArray().Select(v => v.GetRawText()))));
        foreach (var name in new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" })
            if (Has(name, out var limit)) yield return new NumberRange(name, Number(limit));
        if (Has("multipleOf", out var unit))
            yield return Number(unit).Digits.Length <= SchemaLimits.NumberDigitsMax ? new MultipleOf(Number(unit)) : throw new SchemaRefused(pointer + "/multipleOf", $"has more than {SchemaLimits.NumberDigitsMax} digits");
        foreach (var name in new[] { "minLength", "maxLength" })
            if (Has(name, out var limit)) yield return new TextLength(name, Number(limit).Count);
        if (Has("pattern", out var pattern)) yield return new Matches(reader.Compile(pattern.GetString()!, pointer + "/pattern"));
        foreach (var name in new[] { "minItems", "maxItems" })
            if (Has(name, out var limit)) yield return new CountRange(name, Kind.Array, Number(limit).Count);
        foreach (var name in new[] { "minProperties", "maxProperties" })
            if (Has(name, out var limit)) yield return new CountRange(name, Kind.Object, Number(limit).Count);
        if (Has("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True) yield return new UniqueItems();
        if (Has("required", out var required)) yield return new Required(Texts(required));
        if (Has("dependentRequired", out var dependent)) yield return new DependentRequired([.. dependent.EnumerateObject().Select(d => (d.Name, Texts(d.Value)))]);
    }

    private IEnumerable<Keyword> Applicators()
    {
        if (Has("properties", out var properties) | Has("patternProperties", out var patterns) | Has("additionalProperties", out var additional))
            yield return new Properties(
                properties.ValueKind == JsonValueKind.Undefined ? FrozenDictionary<string, Node>.Empty
                    : properties.EnumerateObject().ToFrozenDictionary(p => p.Name, p => At(p.Value, "properties", p.Name), StringComparer.Ordinal),
                patterns.ValueKind == JsonValueKind.Undefined ? []
                    : [.. patterns.EnumerateObject().Select(p => (reader.Compile(p.Name, Under("patternProperties", p.Name)), At(p.Value, "patternProperties", p.Name)))],
                additional.ValueKind == JsonValueKind.Undefined ? null : At(additional, "additionalProperties"));
        if (Has("propertyNames", out var names)) yield return new PropertyNames(At(names, "propertyNames"));
        if (Has("prefixItems", out var prefix) | Has("items", out var items))
            yield return new Items(prefix.ValueKind == JsonValueKind.Undefined ? [] : List("prefixItems", prefix), items.ValueKind == JsonValueKind.Undefined ? null : At(items, "items"));
        if (Has("contains", out var contained))
            yield return new Contains(
                At(contained, "contains"),
                dialect.Validation && Has("minContains", out var min) ? Number(min).Count : 1,
                dialect.Validation && Has("maxContains", out var max) ? Number(max).Count : null);
        if (Has("allOf", out var all)) yield return new AllOf(List("allOf", all));
        if (Has("anyOf", out var any)) yield return new AnyOf(List("anyOf", any));
        if (Has("oneOf", out var one)) yield return new OneOf(List("oneOf", one));
        if (Has("not", out var not)) yield return new Not(At(not, "not"));
        if (Has("dependentSchemas", out var dependent))
            yield return new DependentSchemas([.. dependent.EnumerateObject().Select(d => (d.Name, At(d.Value, "dependentSchemas", d.Name)))]);
        // Read in any case, so that references into them lead somewhere.
        var condition = Has("if", out var when) ? At(when, "if") : null;
        var then = Has("then", out when) ? At(when, "then") : null;
        var otherwise = Has("else", out when) ? At(when, "else") : null;
        if (condition is not null) yield return new Conditional(condition, then, otherwise);
    }

    private bool Has(string keyword, out JsonElement value) => json.TryGetProperty(keyword, out value);

    private Node At(JsonElement schema, params ReadOnlySpan<string> names) => reader.Read(schema, Under(names), resource, dialect, document);

    private List<Node> List(string keyword, JsonElement schemas)
    {
        var nodes = new List<Node>(schemas.GetArrayLength());
        foreach (var schema in schemas.EnumerateArray()) nodes.Add(At(schema, keyword, nodes.Count.ToString(CultureInfo.InvariantCulture)));
        return nodes;
    }

    private string Under(params ReadOnlySpan<string> names) => pointer + JsonPointer.Of(names.ToArray());

    private static IReadOnlyList<string> Texts(JsonElement list) => [.. list.EnumerateArray().Select(t => t.GetString()!)];

    private static ExactNumber Number(JsonElement number) => ExactNumber.Parse(JsonMarshal.GetRawUtf8Value(number));

    private static string Shown(string text) => text.Length <= ShownCharsMax ? text : text[..ShownCharsMax] + "…";
}

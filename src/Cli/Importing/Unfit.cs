using System.Text;
using System.Text.Json;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Schemas;

namespace EventMesh.Cli.Importing;

/// <summary>What the catalogue would refuse of a type: known before anything is written, so that a dry run says it too.</summary>
internal static class Unfit
{
    /// <returns>The end of a sentence that begins with the type; null when it can be described as the document has it.</returns>
    public static string? Reason(ImportedType type)
    {
        if (!CatalogueLimits.IsName(type.Name))
            return $"its name has 1 to {CatalogueLimits.NameCharsMax} letters and digits of ASCII, '.', '_', '-' and ':', and begins with a letter or digit";
        if (type.Description is { Length: > CatalogueLimits.DescriptionCharsMax })
            return $"its description has at most {CatalogueLimits.DescriptionCharsMax} characters";
        var example = type.Example?.ToJsonString();
        if (example is not null && Encoding.UTF8.GetByteCount(example) > CatalogueLimits.ExampleBytesMax)
            return $"its example has at most {CatalogueLimits.ExampleBytesMax} bytes";
        if (type.Schema is null)
            return null;
        try
        {
            var schema = JsonSchema.Parse(type.Schema.ToJsonString());
            if (example is null)
                return null;
            using var data = JsonDocument.Parse(example, new() { MaxDepth = CatalogueLimits.ExampleDepthMax + 1 });
            return schema.Check(data.RootElement) is [var fault, ..] ? $"its example{fault.Path} {fault.Reason}" : null;
        }
        catch (SchemaRefused refused)
        {
            return $"its schema{refused.Path} {refused.Reason}";
        }
        catch (JsonException malformed)
        {
            return $"its example or schema is not read: {Readable.Line(malformed.Message)}";
        }
    }
}

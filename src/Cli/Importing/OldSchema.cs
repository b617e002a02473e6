using System.Text.Json.Nodes;

namespace EventMesh.Cli.Importing;

/// <summary>What OpenAPI 3.0 says otherwise than JSON Schema 2020-12: <c>nullable</c>, and exclusive limits as yes or no.</summary>
internal static class OldSchema
{
    public static void Renew(JsonNode? node, bool isMap = false)
    {
        switch (node)
        {
            case JsonObject schema:
                if (!isMap)
                {
                    Nullable(schema);
                    Exclusive(schema, "minimum", "exclusiveMinimum");
                    Exclusive(schema, "maximum", "exclusiveMaximum");
                }

                foreach (var (name, value) in schema.ToArray())
                    if (isMap || !Bundle.Data.Contains(name))
                        Renew(value, !isMap && Bundle.Maps.Contains(name));
                break;
            case JsonArray items:
                foreach (var item in items)
                    Renew(item);
                break;
        }
    }

    private static void Nullable(JsonObject schema)
    {
        if (!Is(schema["nullable"]))
            return;
        schema.Remove("nullable");
        if (schema["type"] is JsonValue type)
            schema["type"] = new JsonArray(type.DeepClone(), "null");
        if (schema["enum"] is JsonArray values && !values.Any(v => v is null))
            values.Add(null);
    }

    private static void Exclusive(JsonObject schema, string limit, string exclusive)
    {
        if (schema[exclusive] is not JsonValue flag || flag.GetValueKind() is not (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False))
            return;
        schema.Remove(exclusive);
        if (!Is(flag) || schema[limit] is not { } value)
            return;
        schema.Remove(limit);
        schema[exclusive] = value;
    }

    private static bool Is(JsonNode? flag) => flag is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.True;
}

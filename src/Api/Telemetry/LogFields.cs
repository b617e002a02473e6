using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace EventMesh.Api.Telemetry;

/// <summary>What a log line says, field by field, under the names that all lines share: snake_case.</summary>
public static class LogFields
{
    private static readonly ConcurrentDictionary<string, JsonEncodedText> Names = new(StringComparer.Ordinal);

    public static string NameOf(string placeholder) => JsonNamingPolicy.SnakeCaseLower.ConvertName(placeholder);

    public static void Write<TState>(Utf8JsonWriter json, TState state)
    {
        var (tenant, environment, actor) = (false, false, false);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> fields)
        {
            for (var i = 0; i < fields.Count; i++)
            {
                var (name, value) = fields[i];
                if (name == "{OriginalFormat}") continue;
                var written = Names.GetOrAdd(name, static n => JsonEncodedText.Encode(NameOf(n)));
                tenant |= written.Value == "tenant_id";
                environment |= written.Value == "environment";
                actor |= written.Value == "actor";
                json.WritePropertyName(written);
                Value(json, value);
            }
        }
        // A line that belongs to no workspace says so: every line has these.
        if (!tenant) json.WriteNull("tenant_id"u8);
        if (!environment) json.WriteNull("environment"u8);
        if (!actor) json.WriteString("actor"u8, "eventmesh"u8);
    }

    private static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case DateTimeOffset time: json.WriteStringValue(time.UtcDateTime); break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}

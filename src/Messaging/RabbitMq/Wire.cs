using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>A dispatch as a message: compact JSON, and the W3C <c>traceparent</c> as a header, where tools look for it.</summary>
internal static class Wire
{
    private const string TraceParent = "traceparent";

    public static void Write(Utf8JsonWriter body, BasicProperties properties, Dispatch dispatch)
    {
        JsonSerializer.Serialize(body, dispatch, WireJson.Default.Dispatch);
        properties.Headers = dispatch.TraceParent is null ? null : new Dictionary<string, object?> { [TraceParent] = dispatch.TraceParent };
    }

    /// <returns>False when it is not a dispatch of this workspace.</returns>
    public static bool TryRead(string workspace, ReadOnlySpan<byte> body, IReadOnlyBasicProperties properties, [NotNullWhen(true)] out Dispatch? dispatch)
    {
        try
        {
            dispatch = JsonSerializer.Deserialize(body, WireJson.Default.Dispatch);
        }
        catch (JsonException)
        {
            dispatch = null;
        }

        if (dispatch is null || dispatch.Workspace != workspace)
            return false;

        if (properties.Headers?.TryGetValue(TraceParent, out var header) == true && header is byte[] text)
            dispatch = dispatch with { TraceParent = Encoding.ASCII.GetString(text) };

        return true;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Dispatch))]
internal sealed partial class WireJson : JsonSerializerContext;

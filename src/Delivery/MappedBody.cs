using System.Text.Json;
using EventMesh.Domain.Mappings;

namespace EventMesh.Delivery;

/// <summary>What a rule's mapping makes of an event that is about to be sent.</summary>
public static class MappedBody
{
    /// <summary>Objects and lists inside one another: those of the deepest event below those of the deepest template, with room.</summary>
    public const int DepthMax = 128;

    /// <param name="cloudEvent">CloudEvents 1.0 structured JSON, UTF-8.</param>
    /// <param name="body">Null when there is no mapping.</param>
    /// <param name="reason">Why there can be no body; empty when there can.</param>
    public static bool Try(Mapping? mapping, byte[] cloudEvent, out byte[]? body, out string reason)
    {
        (body, reason) = (null, "");
        if (mapping is null) return true;
        using var document = JsonDocument.Parse(cloudEvent, new() { MaxDepth = DepthMax });
        try
        {
            body = mapping.Apply(document.RootElement);
            return true;
        }
        catch (MappingFailed failed)
        {
            reason = failed.Message;
            return false;
        }
    }
}

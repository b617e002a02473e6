namespace EventMesh.Api.CloudEvents;

/// <summary>A published event that kept every rule of CloudEvents 1.0.2, whichever mode it came in.</summary>
/// <param name="Json">The whole event as structured JSON in one canonical form: what is stored, sized and digested.</param>
public sealed record CloudEvent(
    string Id, string Source, string Type, string? Subject, string? Resource, string? ResourceId, string? Time, ReadOnlyMemory<byte> Json);

/// <summary>Limits of what may be published.</summary>
public static class EventLimits
{
    /// <summary>Bytes of the body of one event, in a batch as alone.</summary>
    public const int EventBytesMax = 256 * 1024;

    public const int BatchEventsMax = 100;
    public const int BatchBytesMax = 1024 * 1024;

    /// <summary>Objects and lists inside one another, the event itself included.</summary>
    public const int DepthMax = 64;

    /// <summary>Characters of one attribute's value.</summary>
    public const int AttributeCharsMax = 1024;

    /// <summary>Characters of an attribute's name (CloudEvents 1.0.2 §3, "attribute naming convention").</summary>
    public const int NameCharsMax = 20;

    public const int IdempotencyKeyCharsMax = 255;
}

namespace EventMesh.Domain.Mappings;

/// <summary>A mapping that can make no body of this event.</summary>
/// <param name="path">The place in the template that was being filled, as in <c>mapping.items</c>.</param>
public sealed class MappingFailed(string path, string reason) : Exception($"{path} {reason}")
{
    public string Path { get; } = path;

    /// <summary>The end of a sentence that begins with the path.</summary>
    public string Reason { get; } = reason;
}

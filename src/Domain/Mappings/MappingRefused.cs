namespace EventMesh.Domain.Mappings;

/// <summary>A template that cannot be right.</summary>
/// <param name="path">The place in the template, as in <c>items[0].sku</c>; empty for the template as a whole.</param>
/// <param name="reason">What is wrong there and what would be right, for the person who wrote it.</param>
public sealed class MappingRefused(string path, string reason) : Exception(path.Length == 0 ? reason : $"{path}: {reason}")
{
    public string Path { get; } = path;
    public string Reason { get; } = reason;
}

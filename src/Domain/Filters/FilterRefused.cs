namespace EventMesh.Domain.Filters;

/// <summary>A filter that cannot be right.</summary>
/// <param name="path">The place in the filter, as in <c>data.total.$gte</c> or <c>$or[1].type</c>; empty for the filter as a whole.</param>
/// <param name="reason">What is wrong there and what would be right, for the person who wrote it.</param>
public sealed class FilterRefused(string path, string reason)
    : Exception(path.Length == 0 ? reason : $"{path}: {reason}")
{
    public string Path { get; } = path;

    public string Reason { get; } = reason;
}

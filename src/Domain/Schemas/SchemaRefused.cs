namespace EventMesh.Domain.Schemas;

/// <summary>A schema that is none, or one that is not checked here.</summary>
/// <param name="path">A JSON pointer (RFC 6901) into the schema; empty for the schema as a whole.</param>
/// <param name="reason">What is wrong there, as the end of a sentence that begins with the path.</param>
public sealed class SchemaRefused(string path, string reason) : Exception($"{(path.Length == 0 ? "The schema" : path)} {reason}")
{
    public string Path { get; } = path;

    public string Reason { get; } = reason;
}

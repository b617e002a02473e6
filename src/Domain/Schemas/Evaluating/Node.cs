namespace EventMesh.Domain.Schemas.Evaluating;

/// <summary>One schema, compiled: what it asks, in an order in which what depends on the others comes last.</summary>
/// <param name="pointer">Where it stands in its document.</param>
internal sealed class Node(Resource resource, string pointer)
{
    public Resource Resource { get; } = resource;
    public string Pointer { get; } = pointer;
    public Keyword[] Keywords { get; set; } = [];

    /// <summary>Whether it is the schema <c>false</c>.</summary>
    public bool IsNever { get; init; }

    /// <summary>Whether it asks which members or items others have looked at.</summary>
    public bool AsksSeen { get; set; }
}

/// <summary>A schema with an identifier of its own, and the names that are known in it (JSON Schema core §4.3.5).</summary>
/// <param name="uri">Absolute, or relative to nothing, without fragment.</param>
/// <param name="pointer">Where it stands in its document.</param>
internal sealed class Resource(string uri, string pointer)
{
    public string Uri { get; } = uri;
    public string Pointer { get; } = pointer;
    public Dictionary<string, Node> Anchors { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Node> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}

/// <summary>The dynamic scope (JSON Schema core §7.1): which resources evaluation came through, the innermost first.</summary>
internal sealed class Scope(Resource resource, Scope? outer)
{
    public Resource Resource { get; } = resource;
    public Scope? Outer { get; } = outer;
}

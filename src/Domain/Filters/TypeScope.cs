namespace EventMesh.Domain.Filters;

/// <summary>The types outside of which a filter cannot match, so that a router can index rules by type.</summary>
/// <param name="Exact">An event of one of these types may match.</param>
/// <param name="Prefixes">An event whose type begins with one of these may match; none is empty.</param>
public sealed record TypeScope(IReadOnlyList<string> Exact, IReadOnlyList<string> Prefixes)
{
    internal int Size => Exact.Count + Prefixes.Count;
}

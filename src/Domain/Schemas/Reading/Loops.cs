using EventMesh.Domain.Schemas.Evaluating;

namespace EventMesh.Domain.Schemas.Reading;

/// <summary>Schemas that apply themselves to the same instance again would never come to an end (JSON Schema core §9.4.1).</summary>
internal static class Loops
{
    /// <returns>A schema that leads back to itself; null when there is none.</returns>
    public static Node? Find(IEnumerable<Node> nodes)
    {
        // Not by recursion: a chain of references may be as long as there are schemas.
        var (open, done) = (new HashSet<Node>(), new HashSet<Node>());
        var path = new Stack<(Node Node, IEnumerator<Node> Next)>();
        foreach (var start in nodes)
        {
            if (!done.Contains(start)) Enter(start);
            while (path.TryPeek(out var at))
            {
                if (!at.Next.MoveNext())
                {
                    path.Pop();
                    open.Remove(at.Node);
                    done.Add(at.Node);
                }
                else if (open.Contains(at.Next.Current)) return at.Next.Current;
                else if (!done.Contains(at.Next.Current)) Enter(at.Next.Current);
            }
        }
        return null;

        void Enter(Node node)
        {
            open.Add(node);
            path.Push((node, node.Keywords.SelectMany(k => k.InPlace).GetEnumerator()));
        }
    }
}

namespace EventMesh.Domain.Filters.Matching;

/// <summary>
/// One node of a compiled filter. The same three connectives serve both levels: conditions on a whole event and conditions on one value of it.
/// Nodes hold no JSON of the filter's document and allocate nothing when they are asked.
/// </summary>
internal abstract class Condition<T>
    where T : struct
{
    public abstract bool Holds(in T subject);
}

internal sealed class AllOf<T>(Condition<T>[] parts) : Condition<T>
    where T : struct
{
    public IReadOnlyList<Condition<T>> Parts => parts;

    public override bool Holds(in T subject)
    {
        foreach (var part in parts)
        {
            if (!part.Holds(subject))
                return false;
        }

        return true;
    }
}

internal sealed class AnyOf<T>(Condition<T>[] parts) : Condition<T>
    where T : struct
{
    public IReadOnlyList<Condition<T>> Parts => parts;

    public override bool Holds(in T subject)
    {
        foreach (var part in parts)
        {
            if (part.Holds(subject))
                return true;
        }

        return false;
    }
}

internal sealed class Not<T>(Condition<T> part) : Condition<T>
    where T : struct
{
    public override bool Holds(in T subject) => !part.Holds(subject);
}

using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Evaluating;

/// <summary>Which members of one object, or items of one list, schemas have looked at: what <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> leave out.</summary>
internal sealed class Seen
{
    private readonly ulong[] bits;

    private Seen(int count) => bits = new ulong[(count + 63) / 64];

    /// <summary>What going over all of them costs.</summary>
    public int Steps => bits.Length;

    /// <summary>Null for an instance without members or items.</summary>
    public static Seen? Of(Instance instance) => instance.Kind is Kind.Array or Kind.Object ? new(instance.Count) : null;

    public bool Has(int index) => (bits[index / 64] >> (index % 64) & 1) != 0;

    public void Add(int index) => bits[index / 64] |= 1ul << (index % 64);

    public void Add(Seen other)
    {
        for (var i = 0; i < bits.Length; i++) bits[i] |= other.bits[i];
    }
}

namespace EventMesh.Domain.Schemas.Instances;

internal enum Kind { Null, Boolean, Number, String, Array, Object }

internal readonly record struct Member(string Name, Instance Value);

/// <summary>A JSON value with what checking asks of it again and again at hand: its members by name, its number exact, its hash.</summary>
internal sealed class Instance
{
    // Names of a small object are compared one after another; only a large one is worth a dictionary.
    private const int ComparedMax = 8;

    private Dictionary<string, int>? byName;
    private int? hash;

    public required Kind Kind { get; init; }
    public bool Flag { get; init; }
    public ExactNumber Number { get; init; }
    public string Text { get; init; } = "";
    public Instance[] Items { get; init; } = [];
    public Member[] Members { get; init; } = [];

    /// <summary>Values in it, itself included.</summary>
    public int Size { get; init; } = 1;

    /// <summary>How many members or items it has.</summary>
    public int Count => Kind == Kind.Object ? Members.Length : Items.Length;

    public static Instance Of(string text) => new() { Kind = Kind.String, Text = text };

    /// <returns>Where the member is; -1 when there is none.</returns>
    public int Find(string name)
    {
        if (Members.Length > ComparedMax)
        {
            if (byName is null)
            {
                byName = new(Members.Length, StringComparer.Ordinal);
                // The last of two counts, as it does for those who read the event.
                for (var i = 0; i < Members.Length; i++) byName[Members[i].Name] = i;
            }
            return byName.GetValueOrDefault(name, -1);
        }
        for (var i = Members.Length - 1; i >= 0; i--)
            if (Members[i].Name == name) return i;
        return -1;
    }

    /// <summary>The same for values that are the same in JSON Schema: 1 and 1.0, and objects whatever the order of their members.</summary>
    public int Hash => hash ??= Kind switch
    {
        Kind.Boolean => HashCode.Combine(Kind, Flag),
        Kind.Number => HashCode.Combine(Kind, Number),
        Kind.String => HashCode.Combine(Kind, Text),
        Kind.Array => Items.Aggregate(HashCode.Combine(Kind), (all, item) => HashCode.Combine(all, item.Hash)),
        Kind.Object => Members.Aggregate(HashCode.Combine(Kind), (all, member) => all + HashCode.Combine(member.Name, member.Value.Hash)),
        _ => HashCode.Combine(Kind),
    };

    /// <summary>JSON Schema core §4.2.2, instance equality.</summary>
    public bool IsSame(Instance other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (Kind != other.Kind || Hash != other.Hash || Count != other.Count) return false;
        switch (Kind)
        {
            case Kind.Boolean: return Flag == other.Flag;
            case Kind.Number: return Number == other.Number;
            case Kind.String: return Text == other.Text;
            case Kind.Array:
                for (var i = 0; i < Items.Length; i++)
                    if (!Items[i].IsSame(other.Items[i])) return false;
                return true;
            case Kind.Object:
                foreach (var member in Members)
                    if (other.Find(member.Name) is var at && (at < 0 || !member.Value.IsSame(other.Members[at].Value))) return false;
                return true;
            default: return true;
        }
    }
}

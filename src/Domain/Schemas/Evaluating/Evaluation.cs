using System.Globalization;
using EventMesh.Domain.Schemas.Instances;
using EventMesh.Domain.Schemas.References;

namespace EventMesh.Domain.Schemas.Evaluating;

/// <summary>
/// One instance being checked. Everything that is done is paid for in steps, so that no schema and no instance, however they were made to fit one
/// another, take longer than the budget; it ends by <see cref="GivenUp"/>, which never leaves this class.
/// </summary>
internal sealed class Evaluation
{
    private readonly int stepsMax;
    private readonly List<SchemaFault> faults = [];
    private readonly List<(string? Name, int Index)> path = [];
    private int steps, nesting, quiet;

    private Evaluation(int stepsMax) => this.stepsMax = stepsMax;

    /// <summary>Whether faults are still listed; if not, the first one is enough.</summary>
    public bool Lists => quiet == 0 && faults.Count < SchemaLimits.FaultsMax;

    public static IReadOnlyList<SchemaFault> Of(Node root, Instance instance, int stepsMax)
    {
        var evaluation = new Evaluation(stepsMax);
        try
        {
            evaluation.Apply(root, instance, new(root.Resource, null), null);
            return evaluation.faults;
        }
        catch (GivenUp givenUp)
        {
            return [new("", givenUp.Message, "limit")];
        }
    }

    public void Spend(int count)
    {
        steps += count;
        if (steps > stepsMax || count < 0)
            throw new GivenUp(string.Create(CultureInfo.InvariantCulture, $"takes more than {stepsMax} steps to check against the schema"));
    }

    /// <summary>Applies a schema to an instance. What it looked at counts only if the instance fits.</summary>
    public bool Apply(Node node, Instance instance, Scope scope, Seen? into)
    {
        Spend(1 + node.Keywords.Length);
        if (++nesting > SchemaLimits.NestingMax) throw new GivenUp($"needs more than {SchemaLimits.NestingMax} schemas applied inside one another");
        if (node.Resource != scope.Resource) scope = new(node.Resource, scope);
        var seen = into is not null || node.AsksSeen ? Seen.Of(instance) : null;
        var holds = true;
        foreach (var keyword in node.Keywords)
        {
            if (keyword.Holds(instance, scope, seen, this)) continue;
            holds = false;
            if (!Lists) break;
        }
        nesting--;
        if (holds && into is not null && seen is not null)
        {
            Spend(seen.Steps);
            into.Add(seen);
        }
        return holds;
    }

    /// <summary>Applies a schema whose faults are not the instance's.</summary>
    public bool Fits(Node node, Instance instance, Scope scope, Seen? into)
    {
        quiet++;
        var fits = Apply(node, instance, scope, into);
        quiet--;
        return fits;
    }

    /// <summary>Applies a schema to a member. A member that may not be there at all is a fault of <paramref name="keyword"/>.</summary>
    public bool Member(Node node, Instance instance, int index, Scope scope, string keyword) => Part(node, instance.Members[index].Value, (instance.Members[index].Name, 0), scope, keyword);

    public bool Item(Node node, Instance instance, int index, Scope scope, string keyword) => Part(node, instance.Items[index], (null, index), scope, keyword);

    /// <summary>Applies a schema to a member's name.</summary>
    public bool Name(Node node, Instance instance, int index, Scope scope)
    {
        var name = instance.Members[index].Name;
        return Part(node, Instance.Of(name), (name, 0), scope, "propertyNames");
    }

    /// <returns>False.</returns>
    public bool Fault(string keyword, string reason)
    {
        if (Lists) faults.Add(new(JsonPointer.Of(path.Select(p => p.Name ?? p.Index.ToString(CultureInfo.InvariantCulture))), reason, keyword));
        return false;
    }

    public bool IsSame(Instance left, Instance right)
    {
        if (left.Hash != right.Hash) return false;
        Spend(left.Size);
        return left.IsSame(right);
    }

    private bool Part(Node node, Instance part, (string?, int) at, Scope scope, string keyword)
    {
        path.Add(at);
        var holds = node.IsNever ? Fault(keyword, "is not allowed here") : Apply(node, part, scope, null);
        path.RemoveAt(path.Count - 1);
        return holds;
    }

    private sealed class GivenUp(string message) : Exception(message);
}

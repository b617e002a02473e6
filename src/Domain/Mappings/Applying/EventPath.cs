using System.Runtime.InteropServices;
using System.Text.Json;

namespace EventMesh.Domain.Mappings.Applying;

/// <summary>One step of a path: a member's name, a place in a list, or (neither) all of a list.</summary>
internal readonly record struct PathStep(string? Name, int? Index)
{
    public bool IsAll => Name is null && Index is null;
}

/// <summary>A path into the event (<c>$</c>) or into the item of the nearest <c>$each</c> (<c>@</c>).</summary>
internal sealed class EventPath(bool ofItem, PathStep[] steps)
{
    /// <summary>Whether it leads to a list of what it finds, because it has a <c>[*]</c>.</summary>
    public bool FindsMany { get; } = steps.Any(s => s.IsAll);

    /// <returns>False when there is nothing.</returns>
    public bool Find(Run run, JsonElement item, string place, out JsonElement found)
    {
        if (!ofItem) return run.OncePer(this, () => Resolve(run, run.Event, place), out found);
        (var there, found) = Resolve(run, item, place);
        return there;
    }

    private (bool, JsonElement) Resolve(Run run, JsonElement from, string place) => (Walk(run, steps, ref from, place), from);

    /// <returns>Null when the list that the first <c>[*]</c> stands at is not there; else what was found, which may be nothing.</returns>
    public List<JsonElement>? FindAll(Run run, JsonElement item, string place)
    {
        List<JsonElement> at = [ofItem ? item : run.Event];
        var rest = steps.AsSpan();
        for (var first = true; ; first = false)
        {
            var next = 0;
            while (next < rest.Length && !rest[next].IsAll) next++;
            var found = new List<JsonElement>(at.Count);
            foreach (var start in at)
            {
                var element = start;
                if (Walk(run, rest[..next], ref element, place)) found.Add(element);
            }
            if (next == rest.Length) return found;
            if (first && (found.Count == 0 || found[0].ValueKind != JsonValueKind.Array)) return null;
            at = [];
            foreach (var list in found.Where(f => f.ValueKind == JsonValueKind.Array))
            {
                run.Step(place, list.GetArrayLength());
                at.AddRange(list.EnumerateArray());
            }
            rest = rest[(next + 1)..];
        }
    }

    private static bool Walk(Run run, ReadOnlySpan<PathStep> steps, ref JsonElement element, string place)
    {
        foreach (var step in steps)
        {
            // A name is looked for from one member to the next, and a place in a list from its start where items are not of one size.
            if (step.Name is { } name && element.ValueKind == JsonValueKind.Object)
            {
                run.Step(place, 1 + element.GetPropertyCount() / MappingLimits.MembersPerStep + JsonMarshal.GetRawUtf8Value(element).Length / MappingLimits.BytesPerStep);
                if (!element.TryGetProperty(name, out element)) return false;
            }
            else if (step.Index is { } index && element.ValueKind == JsonValueKind.Array && index < element.GetArrayLength())
            {
                run.Step(place, 1 + index / MappingLimits.MembersPerStep);
                element = element[index];
            }
            else return false;
        }
        return true;
    }
}

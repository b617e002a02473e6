using System.Text.Json;

namespace EventMesh.Domain.Mappings.Applying;

/// <summary>A compiled part of a template.</summary>
internal abstract class Node(string place)
{
    /// <summary>Where it stands in the template, for the person who is told that it cannot be filled.</summary>
    protected string Place { get; } = place;

    /// <summary>Writes the value with its name, or neither when there is nothing.</summary>
    /// <param name="item">What <c>@</c> is.</param>
    /// <param name="name">The member it becomes; null in a list or as the whole.</param>
    /// <returns>Whether anything was written.</returns>
    public abstract bool Write(Run run, JsonElement item, JsonEncodedText? name);
}

/// <summary>A value as it stands in the template.</summary>
/// <param name="json">JSON, UTF-8.</param>
internal sealed class Constant(string place, byte[] json) : Node(place)
{
    public override bool Write(Run run, JsonElement item, JsonEncodedText? name)
    {
        run.Step(Place);
        run.Name(name);
        run.Writer.WriteRawValue(json, skipInputValidation: true);
        run.Fits(Place);
        return true;
    }
}

/// <summary>What a path finds; <paramref name="otherwise"/> where that is nothing or null, if there is one.</summary>
internal sealed class Found(string place, EventPath path, Node? otherwise) : Node(place)
{
    public override bool Write(Run run, JsonElement item, JsonEncodedText? name)
    {
        run.Step(Place);
        if (path.FindsMany)
        {
            if (path.FindAll(run, item, Place) is not { } all) return otherwise?.Write(run, item, name) ?? false;
            run.Name(name);
            run.Writer.WriteStartArray();
            foreach (var one in all) run.Copy(one, Place);
            run.Writer.WriteEndArray();
            return true;
        }
        var there = path.Find(run, item, Place, out var found);
        if (otherwise is not null && (!there || found.ValueKind == JsonValueKind.Null)) return otherwise.Write(run, item, name);
        if (!there) return false;
        run.Name(name);
        run.Copy(found, Place);
        return true;
    }
}

/// <summary>An object, of those members that there are.</summary>
internal sealed class Members(string place, (JsonEncodedText Name, Node Value)[] members) : Node(place)
{
    public override bool Write(Run run, JsonElement item, JsonEncodedText? name)
    {
        run.Step(Place);
        run.Name(name);
        run.Writer.WriteStartObject();
        foreach (var member in members) member.Value.Write(run, item, member.Name);
        run.Writer.WriteEndObject();
        run.Fits(Place);
        return true;
    }
}

/// <summary>A list, of those items that there are.</summary>
internal sealed class Items(string place, Node[] items) : Node(place)
{
    public override bool Write(Run run, JsonElement item, JsonEncodedText? name)
    {
        run.Step(Place);
        run.Name(name);
        run.Writer.WriteStartArray();
        foreach (var one in items) one.Write(run, item, null);
        run.Writer.WriteEndArray();
        run.Fits(Place);
        return true;
    }
}

/// <summary>A list from a list: <paramref name="template"/> for each item that <paramref name="path"/> finds.</summary>
internal sealed class Each(string place, EventPath path, Node template, Node? otherwise) : Node(place)
{
    public override bool Write(Run run, JsonElement item, JsonEncodedText? name)
    {
        run.Step(Place);
        if (List(run, item) is not { } list) return otherwise?.Write(run, item, name) ?? false;
        run.Name(name);
        run.Writer.WriteStartArray();
        foreach (var one in list)
        {
            run.Step(Place);
            template.Write(run, one, null);
        }
        run.Writer.WriteEndArray();
        run.Fits(Place);
        return true;
    }

    private IEnumerable<JsonElement>? List(Run run, JsonElement item)
    {
        if (path.FindsMany) return path.FindAll(run, item, Place);
        return path.Find(run, item, Place, out var found) && found.ValueKind == JsonValueKind.Array ? found.EnumerateArray() : null;
    }
}

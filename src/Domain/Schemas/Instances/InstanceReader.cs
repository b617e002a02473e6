using System.Runtime.InteropServices;
using System.Text.Json;
using EventMesh.Domain.Schemas.References;

namespace EventMesh.Domain.Schemas.Instances;

/// <summary>Makes an instance of JSON. Its depth is bounded by whoever parsed the JSON.</summary>
internal sealed class InstanceReader
{
    private readonly List<string> path = [];

    /// <summary>A string that is no text; null when all are.</summary>
    public SchemaFault? Wrong { get; private set; }

    public Instance Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return new() { Kind = Kind.Boolean, Flag = json.GetBoolean() };
            case JsonValueKind.Number:
                return new() { Kind = Kind.Number, Number = ExactNumber.Parse(JsonMarshal.GetRawUtf8Value(json)) };
            case JsonValueKind.String:
                return Instance.Of(Text(() => json.GetString()!));
            case JsonValueKind.Array:
                return List(json);
            case JsonValueKind.Object:
                return Object(json);
            default:
                return new() { Kind = Kind.Null };
        }
    }

    private Instance List(JsonElement json)
    {
        var (items, size, at) = (new Instance[json.GetArrayLength()], 1, 0);
        foreach (var item in json.EnumerateArray())
        {
            path.Add(at.ToString(System.Globalization.CultureInfo.InvariantCulture));
            items[at] = Read(item);
            size += items[at++].Size;
            path.RemoveAt(path.Count - 1);
        }
        return new() { Kind = Kind.Array, Items = items, Size = size };
    }

    private Instance Object(JsonElement json)
    {
        var (members, size) = (new List<Member>(json.GetPropertyCount()), 1);
        foreach (var property in json.EnumerateObject())
        {
            var name = Text(() => property.Name);
            path.Add(name);
            members.Add(new(name, Read(property.Value)));
            size += members[^1].Value.Size;
            path.RemoveAt(path.Count - 1);
        }
        return new() { Kind = Kind.Object, Members = [.. members], Size = size };
    }

    // Half of a surrogate pair ("\ud800") is JSON but no text, and the reader answers it with this exception.
    private string Text(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            Wrong ??= new(JsonPointer.Of(path), "has an unpaired surrogate", "type");
            return "";
        }
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace EventMesh.Domain.Mappings.Applying;

/// <summary>One body being made: where it is written, what it is made of, and how much may still be done for it.</summary>
internal sealed class Run(Utf8JsonWriter writer, JsonElement cloudEvent)
{
    private readonly Dictionary<EventPath, (bool There, JsonElement Found)> known = [];
    private int steps;

    public Utf8JsonWriter Writer => writer;
    public JsonElement Event => cloudEvent;

    /// <exception cref="MappingFailed">There have been too many.</exception>
    public void Step(string place, int count = 1)
    {
        if ((steps += count) > MappingLimits.StepsMax) throw new MappingFailed(place, $"takes more than {MappingLimits.StepsMax} steps");
    }

    /// <summary>What a path into the event finds is the same for every item of a list: it is looked for once.</summary>
    public bool OncePer(EventPath path, Func<(bool There, JsonElement Found)> look, out JsonElement found)
    {
        if (!known.TryGetValue(path, out var seen)) known[path] = seen = look();
        found = seen.Found;
        return seen.There;
    }

    public void Name(JsonEncodedText? name)
    {
        if (name is { } known) writer.WritePropertyName(known);
    }

    public void Copy(JsonElement value, string place)
    {
        // It is part of a document that was read: whatever is valid there is valid here, escapes and digits as they are.
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
        Fits(place);
    }

    /// <exception cref="MappingFailed">The body has become too large.</exception>
    public void Fits(string place)
    {
        if (writer.BytesCommitted + writer.BytesPending > MappingLimits.OutputBytesMax) throw new MappingFailed(place, $"makes a body of more than {MappingLimits.OutputBytesMax} bytes");
    }
}

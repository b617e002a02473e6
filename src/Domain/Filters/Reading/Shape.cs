using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Filters.Reading;

/// <summary>
/// What must hold of a filter's JSON before anything is made of it: bounded depth, strings and numbers, no key twice, and nothing a jsonb column could not hold.
/// </summary>
internal static class Shape
{
    /// <exception cref="FilterRefused">The JSON is not an object, or breaks one of the limits.</exception>
    public static void Check(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw Place.Root.Refuse("A filter is a JSON object, as in {\"type\":[\"order.*\"]}.");

        Check(json, Place.Root);
    }

    private static void Check(JsonElement json, Place place)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                CheckDepth(place);
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var property in json.EnumerateObject())
                {
                    var name = ReadName(property, place);
                    if (!names.Add(name))
                        throw place.Into(name).Refuse("The same key twice in one object.");

                    Check(property.Value, place.Into(name));
                }

                break;

            case JsonValueKind.Array:
                CheckDepth(place);
                var index = 0;
                foreach (var element in json.EnumerateArray())
                    Check(element, place.At(index++));
                break;

            case JsonValueKind.String:
                CheckText(JsonText.TryUnescape(json, out var text) ? text : null, place);
                break;

            case JsonValueKind.Number:
                CheckNumber(new JsonNumber(JsonMarshal.GetRawUtf8Value(json)), place);
                break;
        }
    }

    private static void CheckDepth(Place place)
    {
        if (place.Depth > FilterLimits.DepthMax)
            throw place.Refuse($"Objects and lists lie at most {FilterLimits.DepthMax} deep.");
    }

    private static string ReadName(JsonProperty property, Place place)
    {
        string? name = null;
        try
        {
            name = property.Name;
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            CheckText(null, place);
        }

        CheckText(name, place.Into(name ?? ""));
        return name!;
    }

    private static void CheckText(string? text, Place place)
    {
        if (text is null)
            throw place.Refuse("Half of a surrogate pair is not text.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw place.Refuse("Text holds no NUL character.");
        if (Encoding.UTF8.GetByteCount(text) > FilterLimits.StringBytesMax)
            throw place.Refuse($"A string or name has at most {FilterLimits.StringBytesMax} bytes.");
    }

    private static void CheckNumber(JsonNumber number, Place place)
    {
        if (number.DigitCount > FilterLimits.NumberDigitsMax)
            throw place.Refuse($"A number has at most {FilterLimits.NumberDigitsMax} digits.");
        if (Math.Abs(number.Magnitude) > FilterLimits.NumberExponentMax)
            throw place.Refuse($"A number lies between 1e-{FilterLimits.NumberExponentMax} and 1e{FilterLimits.NumberExponentMax}.");
    }
}

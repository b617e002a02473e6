using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Rules;

/// <summary>
/// By what a rule orders its deliveries: those of events with one key go to a connection one after another, as the events were accepted.
/// <paramref name="Key"/> is an attribute's name, or <c>data.</c> and the names of fields within one another: <c>data.order.id</c>.
/// </summary>
public sealed record RuleOrdering(string Key)
{
    /// <summary>UTF-16 characters of a path.</summary>
    public const int PathCharsMax = 256;

    /// <summary>UTF-16 characters of a key's value; a longer one is none.</summary>
    public const int KeyCharsMax = 200;

    private const string DataPrefix = "data.";
    private const string Attributes = "subject, resource, resourceid, type or source";

    /// <summary>Whether the event's data is looked at; else it need not be read.</summary>
    public bool NeedsData() => Key.StartsWith(DataPrefix, StringComparison.Ordinal);

    /// <returns>Why the path cannot be right, as the end of a sentence; null when it can.</returns>
    public static string? Fault(string? path)
    {
        if (string.IsNullOrEmpty(path)) return "is required";
        if (path.Length > PathCharsMax) return $"has at most {PathCharsMax} characters";
        if (!path.StartsWith(DataPrefix, StringComparison.Ordinal))
            return path is "subject" or "resource" or "resourceid" or "type" or "source" ? null : $"is {Attributes}, or a field of the data as in data.orderId";
        var names = path[DataPrefix.Length..].Split('.');
        if (names.Contains("")) return "lacks a name beside a dot";
        if (Array.Exists(names, name => name.StartsWith('$') || name.Any(char.IsControl))) return "names a field that begins with $ or holds a control character";
        // It would be looked for as a field of this very name, never be found, and order nothing.
        if (Array.Exists(names, name => name.EndsWith(']') && name.Contains('[', StringComparison.Ordinal))) return "names a place in a list; lists are not looked into";
        return names.Length >= FilterLimits.DepthMax ? $"descends into at most {FilterLimits.DepthMax - 1} fields" : null;
    }

    /// <summary>
    /// The event's key as text: of a string itself, of a number, however written, the same digits, of a boolean its name. Null when it has none, or one of
    /// another kind, longer than <see cref="KeyCharsMax"/> or not storable: then it stands in no line.
    /// </summary>
    public string? KeyOf(in FilterInput input) => Key switch
    {
        "subject" => Bounded(input.Subject),
        "resource" => Bounded(input.Resource),
        "resourceid" => Bounded(input.ResourceId),
        "type" => Bounded(input.Type),
        "source" => Bounded(input.Source),
        _ when NeedsData() && TryFind(input.Data, out var found) => Bounded(Text(found)),
        _ => null,
    };

    private bool TryFind(JsonElement data, [MaybeNullWhen(false)] out JsonElement found)
    {
        found = data;
        foreach (var name in Key[DataPrefix.Length..].Split('.'))
            if (!JsonText.TryGetProperty(found, Encoding.UTF8.GetBytes(name), out found)) return false;
        return true;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonText.TryUnescape(value, out var text) ? text : null,
        JsonValueKind.Number => new JsonNumber(JsonMarshal.GetRawUtf8Value(value)).ToPlain(KeyCharsMax),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    // PostgreSQL stores no NUL character, neither in text nor in jsonb.
    private static string? Bounded(string? key) => key is { Length: <= KeyCharsMax } && !key.Contains('\0', StringComparison.Ordinal) ? key : null;
}

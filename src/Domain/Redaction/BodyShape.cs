using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventMesh.Domain.Redaction;

/// <summary>
/// A body without its values: its names, and of each value whether it is a text, a number or true or false. A name may be data too, as in an object that has an entry for each customer;
/// one that does not look like a name somebody chose when writing a program is replaced.
/// </summary>
public static class BodyShape
{
    private const int NameCharsMax = 64;
    private const int DigitsMax = 4;

    // They are in the event's history for all who may read it: what events are routed by.
    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal) { "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "resource", "resourceid" };

    /// <param name="body">Whatever a target answered or was sent.</param>
    /// <returns>JSON, UTF-8; null when the body is not JSON.</returns>
    public static byte[]? Of(ReadOnlyMemory<byte> body) => JsonRewrite.Of(body, static (ref JsonRewrite rewrite) => Value(ref rewrite));

    /// <summary>The same of an event, whose attributes are shown.</summary>
    public static byte[]? OfEvent(ReadOnlyMemory<byte> cloudEvent) => JsonRewrite.Of(cloudEvent, static (ref JsonRewrite rewrite) => Object(ref rewrite, Attributes));

    private static void Value(ref JsonRewrite rewrite)
    {
        switch (rewrite.Token)
        {
            case JsonTokenType.StartObject: Object(ref rewrite, null); break;
            case JsonTokenType.StartArray: List(ref rewrite); break;
            case JsonTokenType.String: rewrite.Replace("[string]"u8); break;
            case JsonTokenType.Number: rewrite.Replace("[number]"u8); break;
            case JsonTokenType.Null: rewrite.Copy(); break;
            default: rewrite.Replace("[boolean]"u8); break;
        }
    }

    private static void Object(ref JsonRewrite rewrite, HashSet<string>? shown)
    {
        if (rewrite.Token != JsonTokenType.StartObject)
        {
            Value(ref rewrite);
            return;
        }
        var hidden = 0;
        rewrite.Write("{"u8);
        for (var first = true; rewrite.Next(ref first);)
        {
            var name = rewrite.Name();
            var whole = name is not null && shown?.Contains(name) == true;
            rewrite.WriteName(IsChosen(name) ? null : string.Create(CultureInfo.InvariantCulture, $"[name {++hidden}]"));
            if (whole && rewrite.Token == JsonTokenType.String) rewrite.Copy();
            else Value(ref rewrite);
        }
        rewrite.Write("}"u8);
    }

    private static void List(ref JsonRewrite rewrite)
    {
        var count = 0;
        rewrite.Write("["u8);
        for (var first = true; rewrite.Next(ref first, count < RedactionLimits.ShapedItemsMax); count++)
        {
            if (count < RedactionLimits.ShapedItemsMax) Value(ref rewrite);
            else rewrite.Drop();
        }
        if (count > RedactionLimits.ShapedItemsMax)
            rewrite.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"[{count - RedactionLimits.ShapedItemsMax} more]\"")));
        rewrite.Write("]"u8);
    }

    // Letters, digits and what joins words, and not so many digits that it could be a number of somebody.
    private static bool IsChosen(string? name)
    {
        if (name is not { Length: > 0 and <= NameCharsMax } || !(char.IsAsciiLetter(name[0]) || name[0] is '_' or '$')) return false;
        var digits = 0;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '$' or ':')) return false;
            if (char.IsAsciiDigit(c) && ++digits > DigitsMax) return false;
        }
        return true;
    }
}

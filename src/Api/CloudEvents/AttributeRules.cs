using System.Buffers;
using Microsoft.Net.Http.Headers;

namespace EventMesh.Api.CloudEvents;

/// <summary>What CloudEvents 1.0.2 asks of each attribute. A reason is the end of a sentence that begins with the attribute's name.</summary>
public static class AttributeRules
{
    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Attributes that must be there (§3.1, "required attributes").</summary>
    public static readonly IReadOnlyList<string> Required = ["specversion", "id", "source", "type"];

    /// <summary>Attributes whose value is a string; other extensions may be integers and booleans too.</summary>
    public static bool IsText(string name) => name is
        "specversion" or "id" or "source" or "type" or "subject" or "time" or "datacontenttype" or "dataschema" or "resource" or "resourceid";

    /// <summary>Why an attribute cannot have this name; null when it can (§3, "attribute naming convention").</summary>
    public static string? CheckName(string name) =>
        name.Length is > 0 and <= EventLimits.NameCharsMax && !name.AsSpan().ContainsAnyExcept(NameChars) ? null
        : $"is not an attribute's name: it has 1 to {EventLimits.NameCharsMax} characters of a-z and 0-9";

    /// <summary>Why an attribute cannot have this value; null when it can.</summary>
    public static string? Check(string name, string value)
    {
        if (value.Length > EventLimits.AttributeCharsMax) return $"has at most {EventLimits.AttributeCharsMax} characters";
        if (!IsStorable(value)) return "may not contain control characters, noncharacters or unpaired surrogates";
        return name switch
        {
            "specversion" => value == "1.0" ? null : "must be 1.0",
            "id" or "type" or "subject" => value.Length > 0 ? null : "may not be empty",
            "source" => value.Length == 0 ? "may not be empty" : UriRules.IsReference(value) ? null : "must be a URI-reference (RFC 3986)",
            "dataschema" => UriRules.IsAbsolute(value) ? null : "must be an absolute URI (RFC 3986)",
            "time" => Rfc3339.IsTimestamp(value) ? null : "must be a timestamp such as 2026-11-20T12:00:00Z (RFC 3339)",
            "datacontenttype" => MediaTypeHeaderValue.TryParse(value, out _) ? null : "must be a media type (RFC 2046)",
            _ => null,
        };
    }

    // §3, "type system", String: no control characters (C0, C1), no noncharacters, no lone surrogates.
    private static bool IsStorable(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c is >= ' ' and < '\u007f') continue;
            if (c is < '\u00a0' or >= '\ufdd0' and <= '\ufdef' or >= '\ufffe') return false;
            if (!char.IsSurrogate(c)) continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(c, value[i + 1])) return false;
            if ((char.ConvertToUtf32(c, value[++i]) & 0xfffe) == 0xfffe) return false;
        }
        return true;
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EventMesh.Api.Inbound;

/// <summary>A place in a JSON document: <c>$.data.items[0].id</c>.</summary>
public static partial class JsonPlace
{
    private const int CharsMax = 200;

    public static bool IsPath(string path) => path.Length <= CharsMax && Path().IsMatch(path);

    /// <summary>The string, number or truth value at a path; null when there is nothing, or something else.</summary>
    public static string? Text(JsonElement document, string path)
    {
        var at = document;
        foreach (Match step in Step().Matches(path))
        {
            if (step.Groups["name"] is { Success: true } name)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name.Value, out at)) return null;
            }
            else
            {
                var index = int.Parse(step.Groups["index"].Value, CultureInfo.InvariantCulture);
                if (at.ValueKind != JsonValueKind.Array || index >= at.GetArrayLength()) return null;
                at = at[index];
            }
        }
        return at.ValueKind switch
        {
            JsonValueKind.String => at.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => at.GetRawText(),
            _ => null,
        };
    }

    [GeneratedRegex(@"^\$(\.[A-Za-z0-9_-]+|\[[0-9]{1,6}\])+\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Path();

    [GeneratedRegex(@"\.(?<name>[A-Za-z0-9_-]+)|\[(?<index>[0-9]{1,6})\]", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Step();
}

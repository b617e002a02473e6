using System.Globalization;

namespace EventMesh.Cli;

internal static class Route
{
    /// <summary>A path in which everything interpolated is escaped, so that a name cannot become a path of its own.</summary>
    public static string To(FormattableString path) =>
        string.Format(CultureInfo.InvariantCulture, path.Format, [.. path.GetArguments().Select(part => Uri.EscapeDataString($"{part}"))]);

    /// <summary>The path, which may have parameters already, with those of the given ones that have a value.</summary>
    public static string With(string path, params (string Name, string? Value)[] parameters)
    {
        var given = parameters.Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}").ToArray();
        return given.Length == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', given)}";
    }
}

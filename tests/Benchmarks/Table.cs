using System.Globalization;

namespace EventMesh.Tests.Benchmarks;

/// <summary>The lines as a Markdown table, each printed as soon as it is measured.</summary>
internal static class Table
{
    private static readonly int[] Widths = [34, 20, 20, 7, 26, 7];

    public static void Head()
    {
        Row("what", "measured", "floor", "ratio", "target", "reached", "");
        Console.WriteLine("|" + string.Join("|", Widths.Select(w => new string('-', w + 2))) + "|---|");
    }

    public static void Print(Line line) => Row(
        line.What, Figure(line.Measured, line.Unit), line.Floor is { } floor ? Figure(floor, line.Unit) : "", line.Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "",
        line.Target.ToString(), line.Reached ? "yes" : "NO", line.Note);

    private static void Row(string what, string measured, string floor, string ratio, string target, string reached, string note) =>
        Console.WriteLine(FormattableString.Invariant($"| {what,-34} | {measured,20} | {floor,20} | {ratio,7} | {target,-26} | {reached,-7} | {note} |"));

    private static string Figure(double value, string unit) => value.ToString(value < 100 ? "#,0.##" : "#,0", CultureInfo.InvariantCulture) + " " + unit;
}

namespace EventMesh.Tests.Benchmarks;

/// <summary>
/// One thing that is measured, with its floor. A class that implements this, in a file of its own under Rows, is all that a new one needs: it is found by itself.
/// It should take less than a minute, and measure its floor in the same run, in turns with itself, for the machine is never twice the same.
/// </summary>
internal interface IBenchmark
{
    /// <summary>What it is chosen by on the command line, such as <c>append-new</c>.</summary>
    string Name { get; }

    /// <summary>A sentence on what is measured against what.</summary>
    string About { get; }

    /// <summary>Measures, and hands a line at a time to <paramref name="print"/>.</summary>
    Task Run(Ground ground, Action<Line> print, CancellationToken stop);
}

/// <param name="What">Such as "append-new, 32 callers".</param>
/// <param name="Measured">The median of its rounds, in <paramref name="Unit"/>.</param>
/// <param name="Floor">The median of what it is held against, in the same unit; null when it has none.</param>
/// <param name="Note">More that was seen, such as percentiles.</param>
internal sealed record Line(string What, double Measured, string Unit, double? Floor, Target Target, string Note = "")
{
    public double? Ratio => Measured / Floor;
    public bool Reached => (Target.AtLeast is null || Measured >= Target.AtLeast) && (Target.AtMost is null || Measured <= Target.AtMost)
        && (Target.RatioAtLeast is null || Ratio >= Target.RatioAtLeast) && (Target.RatioAtMost is null || Ratio <= Target.RatioAtMost);
}

/// <summary>What is to be reached, all of what is given: a figure in the line's unit, and a ratio to the floor, which holds on any machine.</summary>
internal sealed record Target(double? AtLeast = null, double? AtMost = null, double? RatioAtLeast = null, double? RatioAtMost = null)
{
    public override string ToString() => string.Join(", ", new[]
    {
        AtLeast is { } least ? FormattableString.Invariant($"≥ {least:#,0.##}") : null,
        AtMost is { } most ? FormattableString.Invariant($"≤ {most:#,0.##}") : null,
        RatioAtLeast is { } ratio ? FormattableString.Invariant($"≥ {ratio:0%} of floor") : null,
        RatioAtMost is { } times ? FormattableString.Invariant($"≤ {times:0.##} × floor") : null,
    }.Where(t => t is not null));
}

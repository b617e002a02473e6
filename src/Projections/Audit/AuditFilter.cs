using System.Globalization;

namespace EventMesh.Projections.Audit;

/// <summary>Which entries are wanted: those that keep every condition that is given.</summary>
public sealed record AuditFilter
{
    public static readonly AuditFilter All = new();

    /// <summary>Who did it.</summary>
    public string? Actor { get; init; }

    /// <summary>Stored names, any of them; null: any there are.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>
    /// What it is about: its stream, the first two ids that it names, for a published event also what happened to its deliveries; a secret's name for what happened to it.
    /// </summary>
    public string? Resource { get; init; }

    /// <summary>What the request that led to it is known by.</summary>
    public string? Correlation { get; init; }

    /// <summary>The elevation under which it was done.</summary>
    public string? Elevation { get; init; }

    /// <summary>One of <see cref="AuditOutcome.All"/>.</summary>
    public string? Outcome { get; init; }

    /// <summary>At that moment or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before that moment.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What became of what somebody wanted.</summary>
public static class AuditOutcome
{
    public const string Succeeded = "succeeded", Refused = "refused", Failed = "failed";

    public static readonly IReadOnlyList<string> All = [Succeeded, Refused, Failed];
}

/// <summary>Where a list, newest first, goes on: behind the event that happened at <paramref name="At"/> and has this sequence number.</summary>
public readonly record struct AuditCursor(DateTimeOffset At, long Sequence)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}.{Sequence}");

    public static bool TryParse(string? text, out AuditCursor cursor)
    {
        cursor = default;
        if (text?.Split('.') is not [var at, var sequence]
            || !long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTimeOffset.MaxValue.UtcTicks
            || !long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        cursor = new(new(ticks, TimeSpan.Zero), number);
        return true;
    }
}

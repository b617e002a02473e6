using EventMesh.EventStore;

namespace EventMesh.Projections.Usage;

/// <summary>What one event, or several up to a position, add to a month.</summary>
/// <param name="Exceeded">Names of limits, in order; empty for most.</param>
internal readonly record struct UsageEntry(Position Position, long Events, long Bytes, long Deliveries, long Attempts, long Failures, string[] Exceeded)
{
    public static UsageEntry operator +(UsageEntry left, UsageEntry right) => new(
        right.Position, left.Events + right.Events, left.Bytes + right.Bytes, left.Deliveries + right.Deliveries, left.Attempts + right.Attempts, left.Failures + right.Failures,
        right.Exceeded.Length == 0 ? left.Exceeded : [.. left.Exceeded.Union(right.Exceeded).Order(StringComparer.Ordinal)]);
}

namespace EventMesh.Domain.Limits;

/// <summary>How long payloads are there: their day and as many after it as the workspace's limits say, UTC.</summary>
public static class Retention
{
    /// <param name="storedAt">When the payload was stored.</param>
    /// <param name="days">What the limits say now. Of two retentions, that of then and that of now, the shorter holds.</param>
    public static bool IsOver(DateTimeOffset storedAt, int days, DateTimeOffset now) =>
        DateOnly.FromDateTime(now.UtcDateTime).DayNumber - DateOnly.FromDateTime(storedAt.UtcDateTime).DayNumber > days;
}

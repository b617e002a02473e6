using EventMesh.EventStore;

namespace EventMesh.Projections.Deliveries;

/// <summary>Where a page of deliveries, newest first, goes on: behind the delivery <paramref name="Id"/> that was born at <paramref name="Created"/>.</summary>
public readonly record struct DeliveryCursor(Position Created, string Id)
{
    public override string ToString() => $"{Created}.{Id}";

    public static bool TryParse(string? text, out DeliveryCursor cursor)
    {
        cursor = default;
        // The length of a position, a dot, an id.
        if (text is not { Length: > 26 and < 200 } || text[25] != '.' || text.Contains('\0', StringComparison.Ordinal) || !Position.TryParse(text[..25], out var created)) return false;
        cursor = new(created, text[26..]);
        return true;
    }
}

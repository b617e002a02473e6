using EventMesh.EventStore;

namespace EventMesh.Projections.Deliveries;

/// <summary>A delivery in the making: what the events taken in so far say about it.</summary>
internal sealed class DeliveryRow(string workspace, string id, string @event, DateTimeOffset acceptedAt, string connection, string rule, Position created, bool born)
{
    public string Workspace { get; } = workspace;
    public string Id { get; } = id;
    public string Event { get; } = @event;
    public DateTimeOffset AcceptedAt { get; } = acceptedAt;
    public string Connection { get; } = connection;
    public string Rule { get; } = rule;

    /// <summary>Where it was born; of a row whose birth was not among the events, where the first of them stands.</summary>
    public Position Created { get; } = created;

    /// <summary>Whether its birth was among the events, so that this is all of it.</summary>
    public bool Born { get; } = born;

    public string Status { get; set; } = DeliveryStatus.Scheduled;

    /// <summary>The number of the last attempt that is known of. It only grows, so the greater of two is the right one.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset? NextAttemptAt { get; set; }

    public Position Last { get; set; } = created;
}

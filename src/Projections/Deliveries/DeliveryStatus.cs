namespace EventMesh.Projections.Deliveries;

/// <summary>What a delivery is, in the words of the API.</summary>
public static class DeliveryStatus
{
    public const string Scheduled = "scheduled";
    public const string Retrying = "retrying";
    public const string Delivered = "delivered";
    public const string DeadLettered = "dead_lettered";
    public const string Discarded = "discarded";

    public static readonly IReadOnlyList<string> All = [Scheduled, Retrying, Delivered, DeadLettered, Discarded];

    /// <summary>Those that are found by an index of their own: the column <c>attention</c>.</summary>
    internal static bool IsAttention(string status) => status is Retrying or DeadLettered or Discarded;
}

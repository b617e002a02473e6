using EventMesh.Connectors;
using EventMesh.EventStore;

namespace EventMesh.Delivery;

/// <summary>
/// What is kept of the bodies of an attempt: sealed beside the payloads, in the partition of the day the attempt ended, as long as they are. The response, as much as
/// <see cref="Outcome.ResponseBytesMax"/>; of the request what a mapping made of the event, for without one the event's own payload says it. No headers, neither way: they carry credentials.
/// </summary>
public static class AttemptBodies
{
    private const string Json = "application/json";

    public static string ResponseId(string delivery, int attempt) => $"{delivery}/{attempt}";

    public static string RequestId(string delivery, int attempt) => $"{delivery}/{attempt}/request";

    /// <param name="mapped">What was sent in place of the event; null when the event was.</param>
    public static IReadOnlyList<Payload> Of(string delivery, int attempt, DateTimeOffset endedAt, int retentionDays, byte[]? mapped, Outcome outcome)
    {
        var day = DateOnly.FromDateTime(endedAt.UtcDateTime);
        Payload? response = outcome.ResponseBody.Length > 0 ? new(ResponseId(delivery, attempt), day, outcome.ResponseContentType, outcome.ResponseBody) { RetentionDays = retentionDays } : null;
        Payload? request = mapped is not null ? new(RequestId(delivery, attempt), day, Json, mapped) { RetentionDays = retentionDays } : null;
        return (response, request) switch
        {
            (null, null) => [],
            (null, { } sent) => [sent],
            ({ } answered, null) => [answered],
            ({ } answered, { } sent) => [answered, sent],
        };
    }
}

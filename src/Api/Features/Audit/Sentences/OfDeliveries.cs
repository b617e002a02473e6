namespace EventMesh.Api.Features.Audit.Sentences;

internal static class OfDeliveries
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["event_published"] = "{actor} published the event {stream} of the type {type}, {size|byte|bytes}.",
        ["event_routed"] = "{actor} decided where the event {stream} goes.",
        ["delivery_succeeded"] = "{actor} delivered the event {of.event} to the connection {of.connection} at attempt {attempt.number}.",
        ["delivery_attempt_failed"] = "{actor} could not deliver the event {of.event} to the connection {of.connection} at attempt {attempt.number} ({attempt.outcome}[, HTTP {attempt.http_status}]).",
        ["delivery_dead_lettered"] = "{actor} gave up delivering the event {of.event} to the connection {of.connection} ({reason}).",
        ["delivery_discarded"] = "{actor} does not deliver the event {of.event} to the connection {of.connection} ({reason}).",
        ["delivery_retry_requested"] = "{actor} asked to deliver the event {of.event} to the connection {of.connection} again.",
        ["replay_started"] = "{actor} began to replay {kind} from {filter.since} to {filter.until}.",
        ["replay_cancelled"] = "{actor} cancelled the replay {stream}.",
        ["replay_finished"] = "{actor} ended the replay {stream} ({outcome}): {counts.done} done[ of {counts.found}].",
        ["limit_exceeded"] = "{actor} reached the workspace's limit {limit} of {allowed} in {period} ({overage}).",
    };
}

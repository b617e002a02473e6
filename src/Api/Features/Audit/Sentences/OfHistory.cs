namespace EventMesh.Api.Features.Audit.Sentences;

internal static class OfHistory
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["history_read"] = "{actor} read the history ({kind}).",
        ["raw_data_revealed"] = "{actor} had raw data shown[ of {resource}].",
        ["payloads_read"] = "{actor} read payloads[, {count} of them].",
        ["consumer_created"] = "{actor} created the consumer {stream}.",
        ["consumer_reset"] = "{actor} reset the consumer {stream}.",
        ["consumer_deleted"] = "{actor} deleted the consumer {stream}.",
        ["export_started"] = "{actor} began the export {stream}.",
        ["export_finished"] = "The export {stream} ended ({outcome}).",
        ["export_downloaded"] = "{actor} downloaded the export {stream}.",
        ["log_key_created"] = "{actor} made a key that signs checkpoints of histories.",
        ["log_key_retired"] = "{actor} retired a key that signed checkpoints of histories.",
        ["projection_paused"] = "{actor} paused the read model of {stream}.",
        ["projection_resumed"] = "{actor} let the read model of {stream} go on.",
        ["projection_event_skipped"] = "{actor} had the read model of {stream} skip an event that it could not take in.",
        ["projection_retried"] = "{actor} had the read model of {stream} try again.",
        ["projection_rebuilt"] = "{actor} had the read model of {stream} made anew.",
        ["purge_started"] = "{actor} began the purge {stream}.",
        ["purge_step_done"] = "The purge {stream} finished its step {step}.",
        ["purge_finished"] = "The purge {stream} is finished.",
    };
}

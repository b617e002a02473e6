namespace EventMesh.Api.Features.Audit.Sentences;

internal static class OfHistory
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["history_read"] = "{actor} read the history ({kind}).",
        ["elevation_used"] = "{actor} used the elevation {of} for {permission}.",
        ["raw_data_revealed"] = "{actor} had the raw data of {of} shown[, of attempt {attempt}].",
        ["payloads_read"] = "{actor} read payloads[, {count} of them].",
        ["consumer_created"] = "{actor} created the consumer {name}.",
        ["consumer_reset"] = "{actor} had the consumer {name} go on after {start} instead of {before}.",
        ["consumer_deleted"] = "{actor} deleted the consumer {stream}.",
        ["export_started"] = "{actor} began the export {stream}.",
        ["export_finished"] = "{actor} ended the export {stream} ({outcome}).",
        ["export_downloaded"] = "{actor} downloaded the export {stream}.",
        ["log_key_created"] = "{actor} made the key {key}, which signs checkpoints of histories.",
        ["log_key_retired"] = "{actor} retired a key that signed checkpoints of histories.",
        ["projection_paused"] = "{actor} paused the read model of {stream}.",
        ["projection_resumed"] = "{actor} let the read model of {stream} go on.",
        ["projection_event_skipped"] = "{actor} had the read model of {stream} skip the event at {position}, which it could not take in.",
        ["projection_retried"] = "{actor} had the read model of {stream} try the event at {position} again.",
        ["projection_rebuilt"] = "{actor} had the read model of {stream} made anew[ for {workspace}] ({outcome}).",
        ["purge_started"] = "{actor} began to destroy what the workspace {workspace} held.",
        ["purge_step_done"] = "{actor} finished the step {step} of the purge {stream}.",
        ["purge_finished"] = "{actor} finished the purge {stream}.",
    };
}

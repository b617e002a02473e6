using System.Text.Json.Nodes;

namespace EventMesh.Cli.Verifying;

/// <summary>What is said in the end, to people or to programs.</summary>
internal static class Verdict
{
    /// <exception cref="Failure">Something does not fit.</exception>
    public static void Give(Call call, string workspace, IReadOnlyList<KnownCheckpoint> checkpoints, HistoryCheck check, Extent extent)
    {
        var json = new JsonObject
        {
            ["fits"] = check.First is null, ["workspace"] = workspace, ["events"] = check.Events, ["proven"] = check.Proven,
            ["checkpoints"] = new JsonArray([.. checkpoints.Select(c => (JsonNode)new JsonObject
            {
                ["file"] = c.File, ["size"] = c.Checkpoint.Size, ["root"] = c.Checkpoint.Root.ToBase64(), ["signed_by"] = Names(c.SignedBy), ["fits"] = c.Fits,
            })]),
        };
        if (!call.Output.Json)
        {
            foreach (var known in checkpoints)
                call.Output.Line($"{(known.Fits switch { true => "fits", false => "DOES NOT FIT", null => "not reached" }),-12}  {Readable.Line(known.File)}: {known.Checkpoint.Size} events, signed by {Readable.Line(string.Join(", ", known.SignedBy))}");
            if (check.HasMore) call.Output.Note("Lines have members beyond what is signed (elevation, from, payloads): they are not proven.");
        }
        if (check.First is { } misfit) throw DoesNotFit(call, json, misfit, extent == Extent.Whole);
        if (extent == Extent.Filtered) call.Output.Note("What the filter left out is not checked, nor whether it was the filter that left it out.");
        if (call.Output.Json) call.Output.Line(json.ToJsonString());
        else call.Output.Line($"The history of {Readable.Line(workspace)} is as it was signed: {check.Proven} of {check.Events} events are proven{(check.Events > check.Proven ? "; those after the last checkpoint are not yet" : "")}.");
    }

    /// <summary>Says what does not fit, and gives what ends the command.</summary>
    public static Failure DoesNotFit(Call call, JsonObject json, Misfit misfit, bool isWhole = false)
    {
        json["first_misfit"] = misfit.ToJson();
        if (call.Output.Json) call.Output.Line(json.ToJsonString());
        var which = misfit.Event is { } named ? $"event {misfit.Index} ({Readable.Line(named.ToString())}, id {Readable.Line(named.Id)}): " : misfit.Index is { } index ? $"event {index}: " : "";
        var next = misfit.Since < misfit.Index && misfit.Reason != Reason.Differs
            ? $"What came before event {misfit.Since} fits. Between it and event {misfit.Index} others may not: give --leaves or an older checkpoint to see." : null;
        if (isWhole && misfit.Reason is Reason.Missing or Reason.VersionGap)
            next = string.Join(' ', next, "If the export is not meant to hold everything from the first event on: --part checks a piece of it, --filtered what a filter chose.").Trim();
        return new(ExitCode.Refused, $"does not fit: {which}{Readable.Line(misfit.Why)}", next);
    }

    public static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(n => (JsonNode)n)]);
}

using System.CommandLine;
using System.Text.Json.Nodes;
using EventMesh.Cli.Verifying;

namespace EventMesh.Cli.Commands;

/// <summary>Checks a history against what was signed of it, without asking anybody: no server is called.</summary>
internal static class Verify
{
    private const string Workspaces = "/workspaces/";

    public static Command In(Shell shell)
    {
        var exports = new Argument<string[]>("export") { Description = "Exports or feeds as NDJSON, gzipped or not, in order; - for standard input.", Arity = ArgumentArity.ZeroOrMore };
        var checkpoint = Shell.Files("--checkpoint", "A checkpoint, as it was signed; several, old and new, show that history was only added to.");
        var key = Shell.Files("--key", "The public key that you pinned: name+hash+base64, or a file that holds it.");
        var leaves = Shell.Files("--leaves", "The hashes of the log's leaves: with them the very event that does not fit is named.");
        var part = new Option<bool>("--part") { Description = "The export is a part of the history; needs --leaves." };
        var filtered = new Option<bool>("--filtered") { Description = "The export holds some of the events, as a filter chose them; needs --leaves. What was left out is not checked." };
        var proof = new Option<string?>("--proof") { Description = "A proof of inclusion or of consistency, as the API gave it, instead of a whole history.", HelpName = "FILE" };
        var receipt = new Option<string?>("--receipt") { Description = "A purge receipt to check instead.", HelpName = "FILE" };
        return shell.Verb("verify", "Check a workspace's history offline: an export, against signed checkpoints and a pinned public key. Ends with 1 when something does not fit.",
            [
                "eventmesh verify acme.ndjson.gz --checkpoint monday.note --checkpoint today.note --key log.pub",
                "eventmesh verify acme.ndjson.gz --checkpoint today.note --leaves leaves.json --key log.pub --json",
                "eventmesh verify connections.ndjson --filtered --checkpoint today.note --leaves leaves.json --key log.pub",
                "eventmesh verify --proof consistency.json --checkpoint monday.note --checkpoint today.note --key log.pub",
                "eventmesh verify --receipt receipt.note --key log.pub",
            ], [exports, checkpoint, key, leaves, part, filtered, proof, receipt], call =>
            {
                try
                {
                    if (call.Value(receipt) is { } file) ShowReceipt(call, file, call.Value(key) ?? []);
                    else if (call.Value(proof) is { } proven) ShowProof(call, proven, call.Value(exports) ?? [], call.Value(checkpoint) ?? [], call.Value(key) ?? []);
                    else CheckHistory(call, call.Value(exports) ?? [], call.Value(checkpoint) ?? [], call.Value(key) ?? [], call.Value(leaves) ?? [], call.Value(filtered) ? Extent.Filtered : call.Value(part) ? Extent.Part : Extent.Whole);
                }
                catch (NotSigned fault)
                {
                    throw Verdict.DoesNotFit(call, new JsonObject { ["fits"] = false }, fault.Misfit);
                }
                return Task.CompletedTask;
            });
    }

    private static void ShowReceipt(Call call, string file, string[] key)
    {
        var receipt = Receipt.Read(file, OpenFile.Text(file, call.Terminal), PinnedKeys.Read(key, call.Terminal));
        if (call.Output.Json)
        {
            var facts = new JsonArray([.. receipt.Facts.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["value"] = f.Value })]);
            call.Output.Line(new JsonObject { ["fits"] = true, ["signed_by"] = Verdict.Names(receipt.SignedBy), ["receipt"] = facts }.ToJsonString());
            return;
        }
        call.Output.Line($"The receipt is signed by {Readable.Line(string.Join(", ", receipt.SignedBy))}.");
        call.Output.Details([.. receipt.Facts.Select(f => (Readable.Line(f.Name), Readable.Line(f.Value)))]);
    }

    private static void ShowProof(Call call, string file, string[] exports, string[] files, string[] key)
    {
        var checkpoints = KnownCheckpoint.Read(files, PinnedKeys.Read(key, call.Terminal), call.Terminal);
        using var lines = new ExportLines(exports, call.Terminal);
        var proven = ProofFile.Check(OpenFile.Text(file, call.Terminal), checkpoints, lines);
        call.Output.Line(call.Output.Json ? new JsonObject { ["fits"] = true, ["proven"] = proven }.ToJsonString() : Readable.Line(proven));
    }

    private static void CheckHistory(Call call, string[] exports, string[] files, string[] key, string[] leafFiles, Extent extent)
    {
        if (exports.Length == 0) throw Failure.Usage("what should be checked?", "Give an export, or - to read it from standard input.");
        if (files.Length == 0) throw Failure.Usage("against what?", "Give one checkpoint or several with --checkpoint FILE.");
        if (extent != Extent.Whole && leafFiles.Length == 0) throw Failure.Usage("some of the events can only be found in the log by its leaves", "Give them with --leaves FILE.");
        if (exports.Concat(files).Concat(leafFiles).Concat(key).Count(f => f == "-") > 1) throw Failure.Usage("standard input can be read once", "Give - once.");

        var checkpoints = KnownCheckpoint.Read(files, PinnedKeys.Read(key, call.Terminal), call.Terminal);
        var origin = checkpoints[0].Checkpoint.Origin;
        var at = origin.LastIndexOf(Workspaces, StringComparison.Ordinal);
        if (at < 0) throw new NotSigned(new(Reason.CheckpointOfAnotherLog, $"{checkpoints[0].File} is of {origin}, which is no workspace's log."));
        var workspace = origin[(at + Workspaces.Length)..];

        var leaves = LeafFile.Read(leafFiles, call.Terminal);
        var proven = LeafFile.Proven(leaves, checkpoints, out var against);
        if (against is not null) call.Output.Note($"The leaves do not lead to the root of {Readable.Line(against.File)}; only the first {proven} are used.");

        var check = new HistoryCheck(workspace, checkpoints, leaves[..proven], extent);
        Read(call, exports, check);
        Verdict.Give(call, workspace, checkpoints, check, extent);
    }

    private static void Read(Call call, string[] exports, HistoryCheck check)
    {
        var progress = new Progress(call.Terminal, "events read");
        using var lines = new ExportLines(exports, call.Terminal);
        while (!check.IsLost && lines.Next(out var line))
        {
            check.Take(line);
            if ((check.Events & 1023) != 0) continue;
            call.Cancel.ThrowIfCancellationRequested();
            progress.Report((int)check.Events);
        }
        progress.End();
        check.End();
    }
}

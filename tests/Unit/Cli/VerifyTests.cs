using System.Text.Json.Nodes;
using EventMesh.Domain.Log;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class VerifyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_history_is_as_it_was_signed(bool gzip)
    {
        using var history = new MadeHistory(20);
        var old = history.Checkpoint(7);
        var (code, json) = await Verified(history, gzip, "--checkpoint", history.Checkpoint(), "--checkpoint", old, "--leaves", history.LeavesFile());
        Assert.Equal(0, code);
        Assert.Equal((true, "acme", 20, 20), (json["fits"]!.GetValue<bool>(), json["workspace"]!.GetValue<string>(), json["events"]!.GetValue<int>(), json["proven"]!.GetValue<int>()));
        Assert.Equal([7, 20], json["checkpoints"]!.AsArray().Select(c => c!["size"]!.GetValue<int>()));
        Assert.All(json["checkpoints"]!.AsArray(), c => Assert.True(c!["fits"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task It_is_told_in_words_and_standard_input_is_read()
    {
        using var history = new MadeHistory(5);
        var checkpoint = history.Checkpoint(4);
        var prompt = new Prompt("http://unused") { Input = string.Join("\r\n", history.Lines) };
        Assert.Equal(0, await prompt.Type("verify", "-", "--checkpoint", checkpoint, "--key", MadeHistory.Key.ToString()));
        Assert.Contains("The history of acme is as it was signed: 4 of 5 events are proven; those after the last checkpoint are not yet.", prompt.Out);
        Assert.Contains("4 events, signed by mesh.example", prompt.Out);
    }

    [Fact]
    public async Task A_file_without_a_name_is_refused()
    {
        using var history = new MadeHistory(1);
        Assert.Equal(2, await new Prompt("http://unused").Type("verify", "-", "--checkpoint", history.Checkpoint(), "--key", ""));
    }

    [Theory]
    [InlineData("changed", 9)]
    [InlineData("missing", 9)]
    [InlineData("added", 9)]
    [InlineData("moved", 9)]
    [InlineData("cut", 15)]
    [InlineData("unreadable", 9)]
    public async Task The_first_event_that_does_not_fit_is_named_where_leaves_are_known(string reason, int index)
    {
        using var history = new MadeHistory(20);
        var (checkpoint, leaves) = (history.Checkpoint(), history.LeavesFile());
        Tamper(history, reason);
        var (code, json) = await Verified(history, false, "--checkpoint", checkpoint, "--leaves", leaves);
        Assert.Equal(1, code);
        Assert.Equal((reason, index), (Misfit(json)["reason"]!.GetValue<string>(), Misfit(json)["index"]!.GetValue<int>()));
        if (reason is "changed") Assert.Equal(("stream-0", 4), (Misfit(json)["stream"]!.GetValue<string>(), Misfit(json)["version"]!.GetValue<int>()));
        Assert.Equal(index, json["proven"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("changed", "differs")]
    [InlineData("missing", "version_gap")]
    [InlineData("added", "version_gap")]
    [InlineData("moved", "out_of_order")]
    [InlineData("cut", "cut")]
    public async Task Without_leaves_it_is_between_the_last_checkpoint_that_fits_and_what_shows_it(string how, string reason)
    {
        using var history = new MadeHistory(20);
        var (checkpoint, before) = (history.Checkpoint(), history.Checkpoint(8));
        Tamper(history, how);
        var (code, json) = await Verified(history, false, "--checkpoint", checkpoint, "--checkpoint", before);
        Assert.Equal(1, code);
        Assert.Equal(reason, Misfit(json)["reason"]!.GetValue<string>());
        Assert.InRange(9, how == "cut" ? 0 : 8, Misfit(json)["index"]!.GetValue<int>());
        Assert.Equal(8, json["proven"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_log_that_was_made_again_with_the_right_key_does_not_fit_the_checkpoint_of_before()
    {
        using var history = new MadeHistory(20);
        var (before, leavesBefore) = (history.Checkpoint(12), history.LeavesFile());
        Tamper(history, "changed");
        var now = history.Checkpoint();
        var (code, json) = await Verified(history, false, "--checkpoint", now, "--checkpoint", before, "--leaves", history.LeavesFile());
        Assert.Equal(1, code);
        Assert.Equal("differs", Misfit(json)["reason"]!.GetValue<string>());
        Assert.Contains("made again over another history", Misfit(json)["why"]!.GetValue<string>());
        Assert.Equal([false, true], json["checkpoints"]!.AsArray().Select(c => c!["fits"]!.GetValue<bool>()));
        // Whoever kept the leaves of before is told the very event.
        (_, json) = await Verified(history, false, "--checkpoint", now, "--checkpoint", before, "--leaves", leavesBefore);
        Assert.Equal(9, Misfit(json)["index"]!.GetValue<int>());
    }

    [Fact]
    public async Task Leaves_that_lead_to_no_checkpoint_accuse_nobody()
    {
        using var history = new MadeHistory(20);
        var checkpoint = history.Checkpoint();
        using var other = new MadeHistory(21);
        Tamper(other, "changed");
        var (code, json) = await Verified(history, false, "--checkpoint", checkpoint, "--leaves", other.LeavesFile());
        Assert.Equal(0, code);
        Assert.True(json["fits"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Another_workspaces_events_do_not_fit()
    {
        using var history = new MadeHistory(6);
        history.Lines[4] = MadeHistory.Line(4, workspace: "zeta");
        // Even when it was signed so.
        var (code, json) = await Verified(history, false, "--checkpoint", history.Checkpoint());
        Assert.Equal(1, code);
        Assert.Equal(("other_workspace", 4), (Misfit(json)["reason"]!.GetValue<string>(), Misfit(json)["index"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_part_is_found_in_the_log()
    {
        using var history = new MadeHistory(20);
        var (checkpoint, leaves) = (history.Checkpoint(), history.LeavesFile());
        history.Lines.RemoveRange(0, 6);
        history.Lines.RemoveRange(8, 6);
        var (code, json) = await Verified(history, false, "--checkpoint", checkpoint, "--leaves", leaves, "--part");
        Assert.Equal((0, 8), (code, json["proven"]!.GetValue<int>()));
        history.Lines[2] = MadeHistory.Line(8, data: "{\"x\":1}");
        (code, json) = await Verified(history, false, "--checkpoint", checkpoint, "--leaves", leaves, "--part");
        Assert.Equal((1, 8), (code, Misfit(json)["index"]!.GetValue<int>()));
    }

    [Fact]
    public async Task What_a_filter_chose_is_found_in_the_log_event_by_event()
    {
        using var history = new MadeHistory(20);
        var (checkpoint, leaves) = (history.Checkpoint(15), history.LeavesFile());
        List<string> chosen = [history.Lines[2], history.Lines[3], history.Lines[9], history.Lines[14]];
        Assert.Equal((0, 4), await Filtered(chosen));
        // Anything but the events that were signed, in their order.
        Assert.Equal((1, 2), await Filtered([.. chosen[..2], MadeHistory.Line(9, data: "{\"x\":1}"), chosen[3]]));
        Assert.Equal((1, 1), await Filtered([chosen[0], chosen[0]]));
        Assert.Equal((1, 1), await Filtered([chosen[2], chosen[1]]));
        // None was signed of it yet.
        Assert.Equal((1, 4), await Filtered([.. chosen, MadeHistory.Line(15)]));

        async Task<(int Code, int Proven)> Filtered(List<string> lines)
        {
            history.Lines.Clear();
            history.Lines.AddRange(lines);
            var (code, json) = await Verified(history, false, "--checkpoint", checkpoint, "--leaves", leaves, "--filtered");
            return (code, json["proven"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task Whoever_checks_a_piece_as_if_it_were_the_whole_is_told_how_to_check_it()
    {
        using var history = new MadeHistory(20);
        var (checkpoint, leaves) = (history.Checkpoint(), history.LeavesFile());
        history.Lines.RemoveRange(0, 6);
        foreach (string[] further in new string[][] { [], ["--leaves", leaves] })
        {
            var prompt = new Prompt("http://unused");
            Assert.Equal(1, await prompt.Type(["verify", history.Export(), "--checkpoint", checkpoint, "--key", MadeHistory.Key.ToString(), .. further]));
            Assert.Contains("--part", prompt.Error);
            Assert.Contains("--filtered", prompt.Error);
        }
    }

    [Fact]
    public async Task A_checkpoint_proves_nothing_unless_the_pinned_key_signed_it()
    {
        using var history = new MadeHistory(6);
        var (code, json) = await Verified(history, false, "--checkpoint", history.Checkpoint(seed: new byte[32]));
        Assert.Equal((1, "checkpoint_unsigned"), (code, Misfit(json)["reason"]!.GetValue<string>()));
        var forged = File.ReadAllText(history.Checkpoint()).Replace("\n6\n", "\n5\n", StringComparison.Ordinal);
        (code, json) = await Verified(history, false, "--checkpoint", history.File(forged));
        Assert.Equal((1, "checkpoint_unsigned"), (code, Misfit(json)["reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Checkpoints_that_contradict_each_other_are_found_before_any_event_is_read()
    {
        using var history = new MadeHistory(6);
        using var other = new MadeHistory(6);
        other.Lines[3] = MadeHistory.Line(3, data: "[]");
        var (code, json) = await Verified(history, false, "--checkpoint", history.Checkpoint(), "--checkpoint", other.Checkpoint());
        Assert.Equal((1, "checkpoints_contradict"), (code, Misfit(json)["reason"]!.GetValue<string>()));
        (code, json) = await Verified(history, false, "--checkpoint", history.Checkpoint(), "--checkpoint", history.Checkpoint(3, origin: "mesh.example/workspaces/zeta"));
        Assert.Equal((1, "checkpoint_of_another_log"), (code, Misfit(json)["reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Lists_and_pages_of_the_API_are_read_as_they_come()
    {
        using var history = new MadeHistory(9);
        var notes = new[] { 4, 9 }.Select(s => File.ReadAllText(history.Checkpoint(s)));
        var list = new JsonObject { ["items"] = new JsonArray([.. notes.Select(n => (JsonNode)new JsonObject { ["size"] = 1, ["note"] = n })]), ["next"] = null };
        var pages = string.Concat(history.Leaves().Chunk(5).Select((chunk, i) => new JsonObject { ["from"] = i * 5, ["size"] = 9, ["leaves"] = new JsonArray([.. chunk.Select(l => (JsonNode)l.ToBase64())]) }.ToJsonString() + "\n"));
        var (code, json) = await Verified(history, false, "--checkpoint", history.File(list.ToJsonString()), "--leaves", history.File(pages));
        Assert.Equal(0, code);
        Assert.Equal(2, json["checkpoints"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_receipt_is_checked_and_shown()
    {
        using var history = new MadeHistory(1);
        var text = MadeHistory.Note("eventmesh purge receipt v1\nworkspace: acme\nevents: 20\n");
        var prompt = new Prompt("http://unused");
        Assert.Equal(0, await prompt.Type("verify", "--receipt", history.File(text), "--key", history.File(MadeHistory.Key + "\n")));
        Assert.Contains("workspace  acme", prompt.Out);
        Assert.Equal(1, await prompt.Type("verify", "--receipt", history.File(text.Replace("20", "21", StringComparison.Ordinal)), "--key", MadeHistory.Key.ToString()));
        Assert.Equal(1, await prompt.Type("verify", "--receipt", history.File(MadeHistory.Note("something else\nworkspace: acme\n")), "--key", MadeHistory.Key.ToString()));
        Assert.Equal(1, await prompt.Type("verify", "--receipt", history.File(MadeHistory.Note("eventmesh purge receipt v1\nacme\n")), "--key", MadeHistory.Key.ToString()));
    }

    [Fact]
    public async Task A_log_is_proven_to_have_only_grown_without_its_history()
    {
        using var history = new MadeHistory(20);
        var (leaves, old, now) = (history.Leaves(), history.Checkpoint(7), history.Checkpoint());
        var proof = history.File(Proof(MerkleTree.Consistency(7, 20, Over(leaves)), ("from", 7), ("to", 20)));
        Assert.Equal(0, await Proven(proof, old, now));
        Assert.Equal(1, await Proven(proof, old));
        history.Lines[3] = MadeHistory.Line(3, data: "[]");
        Assert.Equal(1, await Proven(proof, old, history.Checkpoint()));
        Assert.Equal(2, await Proven(history.File("{}"), old, now));
    }

    [Fact]
    public async Task One_event_is_proven_to_be_in_the_log_without_the_others()
    {
        using var history = new MadeHistory(20);
        var (leaves, now) = (history.Leaves(), history.Checkpoint());
        var proof = history.File(Proof(MerkleTree.Inclusion(9, 20, Over(leaves)), ("leaf_index", 9), ("leaf_hash", leaves[9].ToBase64()), ("size", 20)));
        Assert.Equal(0, await Included(history.File(MadeHistory.Line(9)), proof, now));
        Assert.Equal(1, await Included(history.File(MadeHistory.Line(10)), proof, now));
        var elsewhere = history.File(Proof(MerkleTree.Inclusion(9, 20, Over(leaves)), ("leaf_index", 8), ("leaf_hash", leaves[9].ToBase64()), ("size", 20)));
        Assert.Equal(1, await Included(history.File(MadeHistory.Line(9)), elsewhere, now));
    }

    private static Task<int> Proven(string proof, params string[] checkpoints) =>
        new Prompt("http://unused").Type(["verify", "--proof", proof, "--key", MadeHistory.Key.ToString(), .. checkpoints.SelectMany(c => new[] { "--checkpoint", c })]);

    private static Task<int> Included(string line, string proof, string checkpoint) =>
        new Prompt("http://unused").Type("verify", line, "--proof", proof, "--checkpoint", checkpoint, "--key", MadeHistory.Key.ToString());

    private static PerfectSubtree Over(MerkleHash[] leaves) => (level, index) => MerkleTree.Root(leaves.Skip((int)(index << level)).Take(1 << level));

    private static string Proof(List<MerkleHash> hashes, params (string Name, JsonNode Value)[] further)
    {
        var json = new JsonObject { ["proof"] = new JsonArray([.. hashes.Select(h => (JsonNode)h.ToBase64())]) };
        foreach (var (name, value) in further) json[name] = value;
        return json.ToJsonString();
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("verify EXPORT")]
    [InlineData("verify EXPORT --checkpoint CHECKPOINT")]
    [InlineData("verify EXPORT --checkpoint CHECKPOINT --key nonsense")]
    [InlineData("verify EXPORT --checkpoint CHECKPOINT --key KEY --part")]
    [InlineData("verify EXPORT --checkpoint CHECKPOINT --key KEY --filtered")]
    [InlineData("verify - --checkpoint - --key KEY")]
    [InlineData("verify /nonexistent --checkpoint CHECKPOINT --key KEY")]
    public async Task What_cannot_be_checked_is_a_mistake_of_the_caller(string line)
    {
        using var history = new MadeHistory(3);
        var words = line.Replace("EXPORT", history.Export()).Replace("CHECKPOINT", history.Checkpoint()).Replace("KEY", MadeHistory.Key.ToString()).Split(' ');
        Assert.Equal(2, await new Prompt("http://unused").Type(words));
    }

    private static void Tamper(MadeHistory history, string how)
    {
        var lines = history.Lines;
        switch (how)
        {
            case "changed": lines[9] = MadeHistory.Line(9, data: "{\"x\":1}"); break;
            case "missing": lines.RemoveAt(9); break;
            case "added": lines.Insert(9, MadeHistory.Line(8, version: 9).Replace("\"position\":\"000000000012-000000000009\"", "\"position\":\"000000000012-00000000000a\"", StringComparison.Ordinal)); break;
            case "moved": (lines[9], lines[10]) = (lines[10], lines[9]); break;
            case "cut": lines.RemoveRange(15, 5); break;
            case "unreadable": lines[9] = lines[9][..40]; break;
        }
    }

    private static JsonNode Misfit(JsonNode json) => json["first_misfit"]!;

    private static async Task<(int Code, JsonNode Json)> Verified(MadeHistory history, bool gzip, params string[] options)
    {
        var prompt = new Prompt("http://unused");
        var code = await prompt.Type(["verify", history.Export(gzip), "--key", MadeHistory.Key.ToString(), "--json", .. options]);
        return (code, JsonNode.Parse(prompt.Out)!);
    }
}

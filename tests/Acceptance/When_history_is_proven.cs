using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_history_is_proven(RunningMesh mesh)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_auditor_checks_a_workspaces_history_with_what_the_api_gives_and_a_key_alone()
    {
        var workspace = await mesh.Workspace();
        for (var i = 0; i < 5; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        var auditor = await workspace.WithKey("auditor");
        var stream = await PublishedStream(auditor);
        var proof = await Proof(auditor, $"/log/inclusion?stream={stream}&version=1");

        // RFC 9162 §2.1.3.2, written here on its own.
        var (index, size) = (Number(proof, "leaf_index"), Number(proof, "size"));
        var note = proof["checkpoint"].Split('\n');
        Assert.EndsWith("/workspaces/" + workspace.Id, note[0], StringComparison.Ordinal);
        Assert.Equal((size.ToString(CultureInfo.InvariantCulture), Root(proof, index, size)), (note[1], note[2]));
        Assert.Equal(note, (await auditor.Get($"/log/checkpoint?size={size}")).Is(HttpStatusCode.OK).Text.Split('\n'));

        // The same by the command line, from an export, the note and the public key, which anybody may see.
        using var nobody = new HttpClient { BaseAddress = mesh.Process.Address };
        var keys = (await new Caller(nobody).Get("/v1/log/keys")).Is(HttpStatusCode.OK).Json["keys"]!.AsArray();
        var folder = Directory.CreateTempSubdirectory("eventmesh-proof-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pub"), keys[^1]!["verifier_key"]!.GetValue<string>());
            await File.WriteAllTextAsync(Path.Combine(folder, "now.note"), (await auditor.Get("/log/checkpoint")).Is(HttpStatusCode.OK).Text);
            await File.WriteAllTextAsync(Path.Combine(folder, "export.ndjson"), (await auditor.Get("/feed?limit=100000")).Is(HttpStatusCode.OK).Text);
            await File.WriteAllTextAsync(Path.Combine(folder, "leaves.ndjson"), (await Cli(auditor, "log", "leaves")).Out);
            string[] verify = ["verify", Path.Combine(folder, "export.ndjson"), "--checkpoint", Path.Combine(folder, "now.note"), "--key", Path.Combine(folder, "key.pub"), "--leaves", Path.Combine(folder, "leaves.ndjson")];
            var fits = await Cli(auditor, verify);
            Assert.True(fits.Code == 0, fits.Out);
            var forged = await File.ReadAllTextAsync(Path.Combine(folder, "export.ndjson"));
            await File.WriteAllTextAsync(Path.Combine(folder, "export.ndjson"), forged.Replace("order.created", "order.deleted", StringComparison.Ordinal));
            Assert.Equal(1, (await Cli(auditor, verify)).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_log_that_grew_is_proven_to_have_only_grown()
    {
        var workspace = await mesh.Workspace();
        var first = Size((await Checkpoint(workspace)).Text);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        Answer grown = null!;
        await Eventually.True(async () => Size((grown = await Checkpoint(workspace)).Text) > first, Soon, "a checkpoint that has the event");

        var consistency = (await workspace.Get($"/log/consistency?from={first}&to={Size(grown.Text)}")).Is(HttpStatusCode.OK);
        Assert.NotEmpty(consistency.Json["proof"]!.AsArray());
        Assert.Equal(grown.Text, consistency["to_checkpoint"]);
        Assert.Empty((await workspace.Get($"/log/consistency?from={first}&to={first}")).Is(HttpStatusCode.OK).Json["proof"]!.AsArray());
        var listed = (await workspace.Get("/log/checkpoints?limit=1")).Is(HttpStatusCode.OK);
        Assert.Equal(grown.Text, listed.Items[0]["note"]!.GetValue<string>());
        Assert.Equal(first, (await workspace.Get($"/log/checkpoints?limit=200&cursor={listed.Next}")).Is(HttpStatusCode.OK).Items[^1]["size"]!.GetValue<long>());
        var shown = await Cli(workspace, "log", "consistency", first.ToString(CultureInfo.InvariantCulture));
        Assert.Contains(consistency.Json["proof"]![0]!.GetValue<string>(), shown.Out, StringComparison.Ordinal);
        Assert.StartsWith(grown.Text.Split('\n')[0], (await Cli(workspace, "log", "checkpoint")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_proven_is_said_by_field_and_reason()
    {
        var workspace = await mesh.Workspace();
        long size = 0;
        await Eventually.True(async () => (size = Size((await Checkpoint(workspace)).Text)) > 1, TimeSpan.FromMinutes(2), "a checkpoint of more than one event");
        (await workspace.Get("/log/inclusion")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("stream", "is required").Names("version", "is required");
        (await workspace.Get("/log/inclusion?stream=nowhere&version=1")).IsProblem(HttpStatusCode.NotFound, "not_found").Names("stream", "no stream");
        (await workspace.Get("/log/inclusion?stream=workspace&version=900")).IsProblem(HttpStatusCode.NotFound, "not_found").Names("version", "none that the stream has");
        (await workspace.Get("/log/inclusion?stream=workspace&version=0")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("version", "from 1");
        (await workspace.Get("/log/inclusion?stream=workspace&version=1&size=900000")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("size", "beyond the log");
        (await workspace.Get("/log/inclusion?stream=workspace&version=1&size=x")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("size", "integer");
        (await workspace.Get("/log/checkpoint?size=900000")).IsProblem(HttpStatusCode.NotFound, "not_found").Names("size", "no checkpoint");
        (await workspace.Get("/log/consistency")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("from", "is required");
        (await workspace.Get($"/log/consistency?from={size}&to=1")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("to", "less than from");
        (await workspace.Get("/log/consistency?from=900000")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("from", "beyond the log");
        (await workspace.Get("/log/leaves?limit=10001")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("limit", "10000");
        Assert.Empty((await workspace.Get("/log/leaves?from=900000")).Is(HttpStatusCode.OK).Json["leaves"]!.AsArray());
    }

    [Fact]
    public async Task Witnesses_get_each_checkpoint_and_are_seen_to_lag()
    {
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        foreach (var (url, reason) in new[] { ("ftp://x/", "https://"), ("https://10.1.2.3/", "not public"), ("https://u:p@witness.example/", "user name") })
            (await workspace.Send(HttpMethod.Put, "/log/witnesses", $$"""{"urls":["{{url}}"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("urls[0]", reason);
        var eleven = string.Join(',', Enumerable.Range(0, 11).Select(i => $"\"https://witness.example/{i}\""));
        (await workspace.Send(HttpMethod.Put, "/log/witnesses", $$"""{"urls":[{{eleven}}]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("urls", "at most 10");
        (await workspace.Send(HttpMethod.Put, "/log/witnesses", """{"urls":["https://w.example","https://w.example/"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("urls[1]", "twice");
        (await (await workspace.WithKey("auditor")).Send(HttpMethod.Put, "/log/witnesses", """{"urls":[]}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");

        await Checkpoint(workspace);
        var url1 = receiver.Url("/w").AbsoluteUri;
        var set = (await workspace.Send(HttpMethod.Put, "/log/witnesses", $$"""{"urls":["{{url1}}"]}""")).Is(HttpStatusCode.OK);
        Assert.True(set.Json["witnesses"]![0]!["lag"]!.GetValue<long>() > 0);
        await Eventually.True(async () => (await workspace.Get("/log/witnesses")).Json["witnesses"]![0]!["lag"]!.GetValue<long>() == 0, Soon, "the witness to have all");
        Assert.Contains(receiver.Arrived, a => a.Text.Contains("/workspaces/" + workspace.Id + "\n", StringComparison.Ordinal));
        Assert.Contains("workspace_witnesses_changed", (await workspace.Get("/streams/workspace")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_platforms_own_history_has_a_log_and_its_keys_are_rotated_by_its_admin()
    {
        var before = (await mesh.Admin.Get("/v1/log/keys")).Is(HttpStatusCode.OK).Json["keys"]!.AsArray().Count;
        (await mesh.Admin.Post("/v1/log/keys/rotate", """{"overlap_seconds":7776001}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("overlap_seconds", "7776000");
        var rotated = (await mesh.Admin.Post("/v1/log/keys/rotate", "{}")).Is(HttpStatusCode.OK).Json["keys"]!.AsArray();
        Assert.Equal(Math.Max(before, 1) + 1, rotated.Count);
        Assert.NotNull(rotated[^2]!["until"]);
        Assert.Null(rotated[^1]!["until"]);
        var workspace = await mesh.Workspace();
        (await workspace.Caller.Post("/v1/log/keys/rotate", "{}")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await workspace.Caller.Get("/v1/log/checkpoint")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        Answer note = null!;
        // Both keys sign, once the log has the event of the rotation.
        await Eventually.True(async () => (note = await mesh.Admin.Get("/v1/log/checkpoint")).Status == HttpStatusCode.OK && note.Text.Split("\n— ").Length >= 3, Soon, "a checkpoint by both keys");
        Assert.Contains("/workspaces/$platform\n", note.Text, StringComparison.Ordinal);
        (await mesh.Admin.Get("/v1/log/inclusion?stream=log-keys&version=1")).Is(HttpStatusCode.OK);
    }

    /// <summary>The root that a proof leads to.</summary>
    private static string Root(Answer proof, long place, long size)
    {
        var (hash, last) = (Convert.FromBase64String(proof["leaf_hash"]), size - 1);
        foreach (var beside in proof.Json["proof"]!.AsArray().Select(h => Convert.FromBase64String(h!.GetValue<string>())))
        {
            if ((place & 1) == 1 || place == last)
            {
                hash = SHA256.HashData([1, .. beside, .. hash]);
                while ((place & 1) == 0 && place != 0) (place, last) = (place >> 1, last >> 1);
            }
            else hash = SHA256.HashData([1, .. hash, .. beside]);
            (place, last) = (place >> 1, last >> 1);
        }
        return Convert.ToBase64String(hash);
    }

    private static async Task<string> PublishedStream(Workspace workspace) => (await workspace.Get("/events")).Is(HttpStatusCode.OK).Items[0]["id"]!.GetValue<string>();

    /// <summary>The newest checkpoint, once there is one: the log follows.</summary>
    private static Task<Answer> Checkpoint(Workspace workspace) => Proof(workspace, "/log/checkpoint");

    private static async Task<Answer> Proof(Workspace workspace, string path)
    {
        Answer answer = null!;
        await Eventually.True(async () => (answer = await workspace.Get(path)).Status != HttpStatusCode.ServiceUnavailable, Soon, "the log to follow");
        return answer.Is(HttpStatusCode.OK);
    }

    private static long Number(Answer answer, string member) => answer.Json[member]!.GetValue<long>();

    private static long Size(string note) => long.Parse(note.Split('\n')[1], CultureInfo.InvariantCulture);

    private Task<(int Code, string Out)> Cli(Workspace workspace, params string[] arguments) => CommandLine.Run(mesh.Process, workspace.Id, workspace.Key, arguments);
}

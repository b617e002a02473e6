using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance;

/// <summary>What an auditor does: keeps the key, checkpoints and leaves, and checks the history with the command line, which asks nobody.</summary>
internal static class Verifying
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<string> Key(Workspace workspace) =>
        (await workspace.Caller.Get("/v1/log/keys")).Is(HttpStatusCode.OK).Json["keys"]![0]!["verifier_key"]!.GetValue<string>();

    /// <summary>A checkpoint over everything that the feed has.</summary>
    public static async Task<string> Checkpoint(Workspace workspace, long covering = 0)
    {
        var note = "";
        await Eventually.True(async () =>
        {
            var events = (await workspace.Get("/feed?limit=1000")).Text.Count(c => c == '\n');
            var answer = await workspace.Get("/log/checkpoint");
            note = answer.Text;
            return answer.Status == HttpStatusCode.OK && Size(note) > covering && Size(note) >= events;
        }, Patience, "a checkpoint");
        return note;
    }

    public static long Size(string note) => long.Parse(note.Split('\n')[1]);

    /// <param name="leaves">As the API gave them; null when there are none.</param>
    public static async Task<(int Code, JsonNode Json)> Run(string history, string key, string[] checkpoints, string? leaves = null)
    {
        var folder = Directory.CreateTempSubdirectory("eventmesh-verifying-").FullName;
        try
        {
            string Kept(string name, string text)
            {
                File.WriteAllText(Path.Combine(folder, name), text);
                return Path.Combine(folder, name);
            }
            string[] options = ["verify", Kept("history", history), "--key", key, "--json", .. checkpoints.SelectMany((c, i) => new[] { "--checkpoint", Kept($"checkpoint-{i}", c) }),
                .. leaves is null ? [] : new[] { "--leaves", Kept("leaves", leaves) }];
            using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(Repository.Root, "src/Cli/bin", Repository.Configuration, "net10.0/eventmesh.dll"), .. options])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            var said = await output;
            return said.Length > 0 ? (process.ExitCode, JsonNode.Parse(said)!) : throw new InvalidOperationException(await error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

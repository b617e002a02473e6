using System.Diagnostics;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>A script of <c>tests/Acceptance/clients</c>, whose npm packages <c>make test</c> has installed.</summary>
internal sealed class NodeScript : IDisposable
{
    private readonly Process process;

    public NodeScript(string name, params string[] arguments) => process = Process.Start(new ProcessStartInfo(
        "node", [Path.Combine(Repository.Root, "tests/Acceptance/clients", name), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    public async Task<string> Line() =>
        await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new InvalidOperationException("The script has ended; npm ci in tests/Acceptance/clients installs what it needs.");

    public async Task<JsonNode> Json() => JsonNode.Parse(await Line())!;

    public async Task Say(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>npm's s3rver on a loopback port: an object store that is not ours, whose requests npm's aws4 has to find signed. What it can be told is in <c>clients/s3.mjs</c>.</summary>
internal sealed class OutsideStore : IDisposable
{
    public const string Bucket = "archive";
    public const string Secret = """{"access_key_id":"AKIDOUTSIDE","secret_access_key":"an outside/secret+key"}""";

    private readonly NodeScript script;

    private OutsideStore(NodeScript script, string endpoint) => (this.script, Endpoint) = (script, endpoint);

    public string Endpoint { get; }

    public static async Task<OutsideStore> Start()
    {
        var script = new NodeScript("s3.mjs", "AKIDOUTSIDE", "an outside/secret+key", Bucket);
        return new(script, await script.Line());
    }

    public async Task<string[]> Objects() => [.. (await Tell("""{"do":"objects"}"""))["objects"]!.AsArray().Select(o => o!.GetValue<string>())];

    /// <summary>Uploads that were begun and neither completed nor aborted.</summary>
    public async Task<int> Uploads() => (await Tell("""{"do":"uploads"}"""))["uploads"]!.GetValue<int>();

    /// <summary>The next requests are answered with SlowDown.</summary>
    public Task Fail(int times) => Tell($$"""{"do":"fail","times":{{times}}}""");

    public async Task<byte[]> Read(string key)
    {
        var file = Path.GetTempFileName();
        await Tell($$"""{"do":"save","key":"{{key}}","to":"{{file}}"}""");
        var bytes = await File.ReadAllBytesAsync(file);
        File.Delete(file);
        return bytes;
    }

    /// <summary>Completes when a part has arrived that is not answered until <see cref="Release"/>.</summary>
    public async Task<Task> Hold(int part)
    {
        await Tell($$"""{"do":"hold","part":"{{part}}"}""");
        return script.Line();
    }

    public Task Release() => Tell("""{"do":"release"}""");

    private async Task<System.Text.Json.Nodes.JsonNode> Tell(string command)
    {
        await script.Say(command);
        return await script.Json();
    }

    public void Dispose() => script.Dispose();
}

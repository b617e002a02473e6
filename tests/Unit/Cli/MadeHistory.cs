using System.IO.Compression;
using System.Text;
using EventMesh.Connectors;
using EventMesh.Domain.Log;

namespace EventMesh.Tests.Unit.Cli;

/// <summary>A workspace's history as an export, in files of its own, with what was signed of it.</summary>
internal sealed class MadeHistory : IDisposable
{
    public static readonly byte[] Seed = [.. Enumerable.Repeat((byte)42, 32)];
    public static readonly NoteKey Key = new("mesh.example", Ed25519.PublicKeyOf(Seed));
    private readonly string folder = Directory.CreateTempSubdirectory("eventmesh-verify-").FullName;
    private int files;

    public MadeHistory(int events) => Lines = [.. Enumerable.Range(0, events).Select(i => Line(i))];

    public List<string> Lines { get; }

    /// <summary>Three streams that take turns.</summary>
    public static string Line(int i, int? version = null, string workspace = "acme", string data = "{}") =>
        $$"""{"position":"{{i + 10:x12}}-{{i + 1:x12}}","id":"0195a4b1-7a6f-7c3e-9d10-{{i:x12}}","workspace":"{{workspace}}","stream":"stream-{{i % 3}}","version":{{version ?? i / 3 + 1}},"type":"thing_happened","at":"2026-11-21T10:00:00Z","data":{{data}},"actor":"key_1"}""";

    public string Export(bool gzip = false)
    {
        var text = Encoding.UTF8.GetBytes(string.Join('\n', Lines) + "\n");
        if (!gzip) return File(text);
        var packed = new MemoryStream();
        using (var to = new GZipStream(packed, CompressionMode.Compress)) to.Write(text);
        return File(packed.ToArray());
    }

    public MerkleHash[] Leaves()
    {
        var canonical = new CanonicalEvent();
        return [.. Lines.Select(l => MerkleTree.Leaf(canonical.Read(Encoding.UTF8.GetBytes(l), out _)))];
    }

    public string LeavesFile() => File(string.Concat(Leaves().Select(l => $"{l}\n")));

    /// <summary>What would be signed of the history as it is now, over its first <paramref name="size"/> events.</summary>
    public string Checkpoint(int? size = null, byte[]? seed = null, string origin = "mesh.example/workspaces/acme") =>
        File(Note(new Checkpoint(origin, size ?? Lines.Count, MerkleTree.Root(Leaves().Take(size ?? Lines.Count))).ToString(), seed));

    public static string Note(string text, byte[]? seed = null) =>
        SignedNote.Sign(text, new(Key.Name, Ed25519.PublicKeyOf(seed ?? Seed)), m => Ed25519.Sign(seed ?? Seed, m)).ToString();

    public string File(string text) => File(Encoding.UTF8.GetBytes(text));

    private string File(byte[] bytes)
    {
        var path = Path.Combine(folder, $"{files++}");
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

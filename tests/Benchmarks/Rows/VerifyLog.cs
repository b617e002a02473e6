using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EventMesh.Cli.Verifying;
using EventMesh.Domain.Log;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>Everything that <c>eventmesh verify</c> does with a million events, on one core, from a file; the floor is SHA-256 of the same lines, one by one.</summary>
internal sealed class VerifyLog : IBenchmark
{
    private const int Events = 1_000_000;
    private const double SecondsMax = 30;

    public string Name => "verify-log";
    public string About => "1,000,000 events of an export against a checkpoint and leaves, against SHA-256 of the same lines";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("eventmesh-verify-log-").FullName;
        try
        {
            var file = Path.Combine(folder, "export.ndjson");
            await File.WriteAllLinesAsync(file, Enumerable.Range(0, Events).Select(Sample), new UTF8Encoding(false), stop);
            var leaves = Leaves(file);
            var checkpoint = new KnownCheckpoint("now", new("mesh/workspaces/acme", Events, MerkleTree.Root(leaves)), ["mesh"]);
            var (ours, floor) = await Rounds.InTurns(3, () => Task.FromResult(Verify(file, checkpoint, leaves)), () => Task.FromResult(Hash(file)));
            print(new(Name, ours, "events/s", floor, new(AtLeast: Events / SecondsMax), FormattableString.Invariant($"{Events:#,0} events of {new FileInfo(file).Length / Events} bytes in {Events / ours:0.0} s")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Verify(string file, KnownCheckpoint checkpoint, MerkleHash[] leaves)
    {
        var running = Stopwatch.StartNew();
        var check = new HistoryCheck("acme", [checkpoint], leaves, Extent.Whole);
        using var lines = Read(file);
        while (lines.Next(out var line)) check.Take(line);
        check.End();
        return check.First is null && check.Proven == Events ? Events / running.Elapsed.TotalSeconds : throw new InvalidOperationException($"The history does not fit: {check.First}");
    }

    private static double Hash(string file)
    {
        var running = Stopwatch.StartNew();
        Span<byte> hash = stackalloc byte[32];
        using var lines = Read(file);
        while (lines.Next(out var line)) SHA256.HashData(line, hash);
        return Events / running.Elapsed.TotalSeconds;
    }

    private static MerkleHash[] Leaves(string file)
    {
        var (canonical, leaves) = (new CanonicalEvent(), new List<MerkleHash>(Events));
        using var lines = Read(file);
        while (lines.Next(out var line)) leaves.Add(MerkleTree.Leaf(canonical.Read(line, out _)));
        return [.. leaves];
    }

    private static ExportLines Read(string file) => new([file], new(TextWriter.Null, TextWriter.Null, () => Stream.Null, _ => null, false, false, 80));

    // As a published event looks that is routed and delivered, in the order in which jsonb keeps members.
    private static string Sample(int i) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"position":"{{{i / 50 + 900:x12}}}-{{{i + 1:x12}}}","id":"0195a4b1-7a6f-7c3e-9d10-{{{i:x12}}}","workspace":"acme","stream":"evt_{{{i / 3:x26}}}","version":{{{i % 3 + 1}}},"type":"event_published","at":"2026-11-21T10:00:00.123456Z","data":{"at": "2026-11-21T10:00:00.123456+00:00", "id": "evt_{{{i:x26}}}", "size": 412, "type": "order.created", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "source": "/shop/orders", "subject": "orders/{{{i}}}"},"correlation_id":"evt_{{{i:x26}}}","causation_id":null,"actor":"key_01m7yxc010w0afxq6r6xaztt8e","dotnet_type":"EventMesh.Domain.Publishing.PublishedEventEvent+EventPublished, EventMesh.Domain","headers":{"from": "127.0.0.0/24", "traceparent": "00-23859f85c4767bae05952249fb32198d-ef06fd3912ad28ad-00"}}""");
}

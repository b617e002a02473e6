using System.Net;
using EventMesh.Connectors;
using EventMesh.Connectors.S3;
using EventMesh.Delivery.Log;
using EventMesh.Domain;
using EventMesh.Domain.Log;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;
using EventMesh.Projections.Log;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Log;

public sealed class WitnessTests : IAsyncLifetime
{
    private readonly MovedClock clock = new();
    private readonly string folder = Path.Combine(Path.GetTempPath(), "eventmesh-witness-" + Guid.NewGuid().ToString("N"));
    private LogDatabase database = null!;
    private Receiver receiver = null!;
    private GuardedHttp http = null!;
    private Signing node = null!;
    private IndexFollower index = null!;

    public async ValueTask InitializeAsync()
    {
        database = await LogDatabase.Create();
        receiver = await Receiver.Start();
        http = new(new AddressGuard([IPNetwork.Parse("127.0.0.0/8")]));
        node = new(database.Store);
        index = new(database.Store, NullLogger<IndexFollower>.Instance);
        await Grow("acme");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await receiver.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Each_checkpoint_is_a_file_of_its_own_that_is_never_written_over()
    {
        var witnesses = Witnesses(new FileWitness(new Uri(folder)));
        await Grow("acme");
        await Grow("bolt");
        await witnesses.Look(default);
        await witnesses.Look(default);
        var acme = Path.Combine(folder, "mesh.example", "workspaces", "acme");
        Assert.Equal([$"{5:d19}.note", $"{10:d19}.note"], Directory.GetFiles(acme).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal((await Newest("acme")).Note, await File.ReadAllTextAsync(Path.Combine(acme, $"{10:d19}.note")));
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "mesh.example", "workspaces", "bolt")));

        // It has had it, and nobody remembers: the same again changes nothing, another is refused.
        await database.Execute("delete from eventmesh.log_witnesses");
        var written = File.GetLastWriteTimeUtc(Path.Combine(acme, $"{10:d19}.note"));
        await witnesses.Look(default);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(acme, $"{10:d19}.note")));
        await File.WriteAllTextAsync(Path.Combine(acme, $"{10:d19}.note"), (await Newest("bolt")).Note);
        await database.Execute("delete from eventmesh.log_witnesses");
        await witnesses.Look(default);
        var seen = (await WitnessProgress.Of(database.Store.For("acme")))[new Uri(folder).AbsoluteUri];
        Assert.Equal((5, 1, true), (seen.Pushed, seen.Failures, seen.LastError!.Contains("another checkpoint of 10 leaves", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Each_checkpoint_is_an_object_whose_name_has_its_root()
    {
        await using var store = Connectors.Receiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var client = new S3Client(new AddressGuard([IPNetwork.Parse("127.0.0.0/8")]), clock);
        var target = new S3Target(store.Url("/"), "us-east-1", "bucket", true, new("AKID", "secret"));
        await Witnesses(new S3Witness(new Uri("s3://bucket/some/prefix/"), target, client)).Look(default);
        var (put, signed) = (Assert.Single(store.Requests), await Newest("acme"));
        Assert.Equal($"PUT /bucket/some/prefix/mesh.example/workspaces/acme/{5:d19}-{signed.Root.ToString()[..16]}.note HTTP/1.1", put.Line);
        Assert.Equal(signed.Note, System.Text.Encoding.UTF8.GetString(put.Body));
        Assert.Equal(5, (await WitnessProgress.Of(database.Store.For("acme"))).Values.Single().Pushed);
    }

    [Fact]
    public async Task A_witness_that_was_down_gets_every_checkpoint_in_order_when_it_is_back()
    {
        var url = receiver.Url("/w").AbsoluteUri;
        await Ask("acme", url);
        receiver.Answer = (_, _) => 503;
        var witnesses = Witnesses();
        await witnesses.Look(default);
        await Grow("acme");
        await Grow("acme");
        // Not before it is time again.
        await witnesses.Look(default);
        Assert.Equal(1, receiver.CountOf("/w"));
        var failing = (await WitnessProgress.Of(database.Store.For("acme")))[url];
        Assert.Equal((0, 1, "it answered 503"), (failing.Pushed, failing.Failures, failing.LastError));

        receiver.Answer = (_, _) => 200;
        receiver.Arrived.Clear();
        clock.Move(TimeSpan.FromSeconds(6));
        // By another process: where the witness is, the database says.
        await Witnesses().Look(default);
        var notes = (await ReadCheckpoints.Newest(database.Store.For("acme"), long.MaxValue, 10)).Select(c => c.Note).Reverse().ToArray();
        Assert.Equal(notes, receiver.Arrived.Select(a => a.Text));
        Assert.All(receiver.Arrived, a => Assert.StartsWith("text/plain", a.Headers.ContentType.ToString(), StringComparison.Ordinal));
        var (pushed, failures) = ((await WitnessProgress.Of(database.Store.For("acme")))[url].Pushed, (await WitnessProgress.Of(database.Store.For("acme")))[url].Failures);
        Assert.Equal((17, 0), (pushed, failures));
    }

    [Fact]
    public async Task A_witness_that_hangs_keeps_no_other_waiting()
    {
        await Grow("bolt");
        await Ask("acme", receiver.Url("/hangs").AbsoluteUri);
        await Ask("bolt", receiver.Url("/well").AbsoluteUri);
        var let = new TaskCompletionSource();
        receiver.Hold = (path, _) => path == "/hangs" ? let.Task : Task.CompletedTask;
        var look = Witnesses().Look(default);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/well") == 1), TimeSpan.FromSeconds(30), "the other to be asked");
        Assert.False(look.IsCompleted);
        let.SetResult();
        await look;
    }

    [Fact]
    public async Task A_cosignature_is_kept_with_the_checkpoint_and_nobody_signs_in_our_name()
    {
        var seed = new byte[Ed25519.SeedBytes];
        var key = new NoteKey("witness.example/w", Ed25519.PublicKeyOf(seed));
        await Ask("acme", receiver.Url("/honest").AbsoluteUri, receiver.Url("/liar").AbsoluteUri);
        receiver.Says = arrival => Lines(SignedNote.Sign(SignedNote.Parse(arrival.Text).Text, arrival.Path == "/honest" ? key : new NoteKey("mesh.example", key.PublicKey.Span), message => Ed25519.Sign(seed, message)));
        await Witnesses().Look(default);
        await database.Execute("update eventmesh.log_witnesses set pushed = 0");
        await Witnesses().Look(default);

        var note = SignedNote.Parse((await Newest("acme")).Note);
        Assert.Equal(["mesh.example", "witness.example/w"], note.Signatures.Select(s => s.Name));
        Assert.Equal([key], note.Verify([key], (k, message, signature) => Ed25519.Verify(k, message, signature)));
        Assert.Single(await node.SignersOf(note.ToString()));
        // And the log is signed on.
        await Grow("acme");
        Assert.Equal(12, (await Newest("acme")).Size);

        static string Lines(SignedNote note) => note.ToString()[(note.Text.Length + 1)..];
    }

    private Witnesses Witnesses(params IWitness[] ofAll) => new(database.Store, index, ofAll, address => new HttpWitness(address, http), clock, NullLogger<Witnesses>.Instance);

    private async Task<StoredCheckpoint> Newest(string workspace) => (await LogHead.Read(database.Store.For(workspace)))!.Signed!;

    private async Task Ask(string workspace, params string[] urls)
    {
        var at = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
        await database.Store.For(workspace).Append(Ids.WorkspaceStream, "workspace", 0,
            [new WorkspaceEvent.WorkspaceCreated(workspace, workspace, "starter", "sandbox", null, at), new WorkspaceEvent.WorkspaceWitnessesChanged(urls, at)], new(at));
        using var stop = new CancellationTokenSource();
        var follow = index.Follow(stop.Token);
        await Eventually.True(() => Task.FromResult((index.Index.Find(workspace)?.Workspace as Workspace.Open)?.Witnesses.Count == urls.Length), TimeSpan.FromSeconds(60), "the index to know");
        await stop.CancelAsync();
        await follow.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private int written;

    /// <summary>Five events more, and a checkpoint of them.</summary>
    private async Task Grow(string workspace)
    {
        await database.Write(workspace, 5, $"t{written++}");
        await using (database.Follow()) await database.CaughtUp();
        await node.Sign(workspace);
    }
}

using System.Collections.Concurrent;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class CrashTests
{
    [Fact]
    public async Task When_PostgreSQL_is_killed_among_appends_every_acknowledged_one_is_there_afterwards_and_appending_goes_on()
    {
        await using var server = await PostgresServer.Start();
        await using var store = await Store.Open(new StoreOptions(await server.CreateDatabase("crash")), EventTypes.Of());
        var acknowledged = new ConcurrentDictionary<string, long>();
        using var stop = new CancellationTokenSource();
        var (unavailable, goneOn) = (0, new ConcurrentDictionary<int, bool>());
        var (enough, back, again) = (new TaskCompletionSource(), false, new TaskCompletionSource());

        var writers = Enumerable.Range(0, 32).Select(writer => Task.Run(async () =>
        {
            var workspace = store.For($"ws-{writer % 4}");
            var stream = $"s{writer}";
            for (long version = 0; !stop.IsCancellationRequested;)
            {
                try
                {
                    await workspace.Append(stream, "thing", version, [Opened.Event()], Opened.Now);
                    acknowledged[stream] = ++version;
                    if (acknowledged.Values.Sum() > 2_000) enough.TrySetResult();
                    if (Volatile.Read(ref back) && goneOn.TryAdd(writer, true) && goneOn.Count == 32) again.TrySetResult();
                }
                catch (StoreUnavailable)
                {
                    Interlocked.Increment(ref unavailable);
                    version = await WhenBack(workspace, stream);
                }
            }
        })).ToArray();

        await enough.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await server.Kill();
        var atCrash = new Dictionary<string, long>(acknowledged);
        await server.StartAgain();
        Volatile.Write(ref back, true);
        await again.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        Assert.True(unavailable > 0);
        foreach (var (stream, version) in atCrash)
        {
            var workspace = store.For($"ws-{int.Parse(stream[1..]) % 4}");
            var last = acknowledged[stream];
            Assert.True(last > version);
            var versions = new List<long>();
            while (await workspace.ReadStreamPage(stream, versions.Count, 1_000) is { Count: > 0 } page) versions.AddRange(page.Select(e => e.Version));
            Assert.Equal(Enumerable.Range(1, versions.Count).Select(n => (long)n), versions);
            Assert.True(versions.Count >= last, $"{stream} was acknowledged at {last} and is at {versions.Count}");
        }
    }

    /// <summary>Reads, as every caller does who does not know whether its append was stored, until the database answers.</summary>
    private static async Task<long> WhenBack(WorkspaceStore workspace, string stream)
    {
        long version = 0;
        await Eventually.True(async () =>
        {
            try
            {
                while (await workspace.ReadStreamPage(stream, version, 1_000) is { Count: > 0 } page) version = page[^1].Version;
                return true;
            }
            catch (StoreUnavailable)
            {
                return false;
            }
        }, TimeSpan.FromMinutes(1), "the database to answer again");
        return version;
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Integration.Delivery;

/// <summary>
/// A target that watches the order of what it gets. Events are numbered within their key (<c>{"key":…,"n":…}</c>, from 0), and it notes whatever breaks the
/// promise: an event before the former of its key was answered 2xx or given up, two of one key at a time.
/// </summary>
internal sealed class KeyedReceiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Watched> keys = new();
    private readonly Receiver receiver;

    private KeyedReceiver(Receiver receiver)
    {
        this.receiver = receiver;
        receiver.AnswerTo = Take;
    }

    public static async Task<KeyedReceiver> Start() => new(await Receiver.Start());

    public Uri Url(string path) => receiver.Url(path);

    /// <summary>The status for an event of a key and the number of its arrival, from 1; null lets it hang.</summary>
    public Func<string, int, int, Task<int?>> Answer { get; set; } = (_, _, _) => Task.FromResult<int?>(200);

    /// <summary>What broke the promise.</summary>
    public ConcurrentQueue<string> Broken { get; } = new();

    /// <summary>Events of a key that were answered 2xx.</summary>
    public int Delivered(string key) => keys.TryGetValue(key, out var watched) ? watched.Done.Count : 0;

    /// <summary>How often an event of a key arrived.</summary>
    public int Arrivals(string key, int n) => keys.TryGetValue(key, out var watched) ? watched.Arrived.GetValueOrDefault(n) : 0;

    /// <summary>Says that an event of a key is given up: the next may come.</summary>
    public void GiveUp(string key, int n)
    {
        var watched = keys[key];
        lock (watched) watched.Done.Add(n);
    }

    private async Task<int?> Take(Arrival arrival)
    {
        using var body = JsonDocument.Parse(arrival.Body);
        var data = body.RootElement.GetProperty("data");
        var (key, n) = (data.GetProperty("key").ToString(), data.GetProperty("n").GetInt32());
        var watched = keys.GetOrAdd(key, _ => new());
        int number;
        lock (watched)
        {
            number = watched.Arrived[n] = watched.Arrived.GetValueOrDefault(n) + 1;
            if (++watched.InFlight > 1) Broken.Enqueue($"{key}: {n} while another was under way");
            if (n > 0 && !watched.Done.Contains(n - 1)) Broken.Enqueue($"{key}: {n} before {n - 1} was over");
            if (watched.Done.Contains(n)) Broken.Enqueue($"{key}: {n} again after it was over");
        }
        var status = await Answer(key, n, number);
        lock (watched)
        {
            watched.InFlight--;
            if (status is >= 200 and <= 299) watched.Done.Add(n);
        }
        return status;
    }

    public ValueTask DisposeAsync() => receiver.DisposeAsync();

    private sealed class Watched
    {
        public Dictionary<int, int> Arrived { get; } = [];
        public HashSet<int> Done { get; } = [];
        public int InFlight { get; set; }
    }
}

using System.Collections.Concurrent;
using System.Text.Json;

namespace EventMesh.Tests.Servers;

/// <summary>
/// A target that watches the order of what it gets. Events are numbered within their key (<c>"data":{"key":…,"n":…}</c>, from 0), and it notes whatever breaks
/// the promise: an event before the former of its key was answered 2xx or given up, one after a newer one, two of one key at a time.
/// </summary>
public sealed class KeyedReceiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Watched> keys = new();
    private readonly Receiver receiver;
    private readonly bool repeats;

    private KeyedReceiver(Receiver receiver, bool repeats)
    {
        (this.receiver, this.repeats) = (receiver, repeats);
        receiver.OnArrival = _ => { };
        receiver.AnswerTo = Take;
    }

    /// <param name="repeats">Whether somebody is killed: then an event may come again, also while its first request is still being answered, until a newer one has come.</param>
    public static async Task<KeyedReceiver> Start(bool repeats = false) => new(await Receiver.Start(), repeats);

    public Uri Url(string path) => receiver.Url(path);

    /// <summary>The status for an event of a key and the number of its arrival, from 1; null lets it hang.</summary>
    public Func<string, int, int, Task<int?>> Answer { get; set; } = (_, _, _) => Task.FromResult<int?>(200);

    /// <summary>What broke the promise.</summary>
    public ConcurrentQueue<string> Broken { get; } = new();

    /// <summary>Events of a key that were answered 2xx or given up.</summary>
    public int Delivered(string key) => keys.TryGetValue(key, out var watched) ? watched.DoneCount : 0;

    /// <summary>How often an event of a key arrived.</summary>
    public int Arrivals(string key, int n) => keys.TryGetValue(key, out var watched) ? watched.ArrivalsOf(n) : 0;

    /// <summary>Says that an event of a key is given up: the next may come.</summary>
    public void GiveUp(string key, int n) => keys[key].Over(n);

    private async Task<int?> Take(Arrival arrival)
    {
        using var body = JsonDocument.Parse(arrival.Body);
        var data = body.RootElement.GetProperty("data");
        var (key, n) = (data.GetProperty("key").ToString(), data.GetProperty("n").GetInt32());
        var watched = keys.GetOrAdd(key, _ => new());
        var number = watched.Arrive(n, repeats, out var broken);
        if (broken is not null) Broken.Enqueue($"{key}: {n} {broken}");
        var status = await Answer(key, n, number);
        watched.Leave(n, over: status is >= 200 and <= 299);
        return status;
    }

    private sealed class Watched
    {
        private readonly Lock gate = new();
        private readonly Dictionary<int, int> arrived = [];
        private readonly HashSet<int> done = [];
        private readonly List<int> underWay = [];

        public int DoneCount { get { lock (gate) return done.Count; } }

        public int ArrivalsOf(int n)
        {
            lock (gate) return arrived.GetValueOrDefault(n);
        }

        public void Over(int n)
        {
            lock (gate) done.Add(n);
        }

        public int Arrive(int n, bool repeats, out string? broken)
        {
            lock (gate)
            {
                broken = n > 0 && !done.Contains(n - 1) ? "before the one before it was over"
                    : arrived.Keys.Any(other => other > n) ? "after a newer one"
                    : underWay.Exists(other => !repeats || other != n) ? "while another was under way"
                    : done.Contains(n) && !repeats ? "again after it was over" : null;
                underWay.Add(n);
                return arrived[n] = arrived.GetValueOrDefault(n) + 1;
            }
        }

        public void Leave(int n, bool over)
        {
            lock (gate)
            {
                underWay.Remove(n);
                if (over) done.Add(n);
            }
        }
    }

    public ValueTask DisposeAsync() => receiver.DisposeAsync();
}

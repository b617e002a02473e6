using EventMesh.Domain.Access;
using EventMesh.Domain.Workspaces;

namespace EventMesh.Api.Edge;

/// <summary>
/// Counts what was refused until it is written: the first of its kind at the next look, what follows it once its minute has passed. However many requests come, in
/// however many kinds, memory and history grow by no more than the two limits say.
/// </summary>
internal sealed class RefusalTally
{
    /// <summary>Kinds that one history tells apart in a minute; what comes on top is counted together.</summary>
    public const int KindsOfOneMax = 200;

    /// <summary>Kinds that a node tells apart in a minute, over all histories.</summary>
    public const int KindsMax = 10_000;

    public const string Several = "several", More = "more";

    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Kind, Entry> entries = [];
    private readonly Dictionary<string, int> kinds = new(StringComparer.Ordinal);

    /// <param name="From">The network that asked; kinds that differ in it alone have half of the room, so that many networks crowd nobody out.</param>
    /// <param name="History">Where it is written: the actor's own workspace, or the platform's history.</param>
    public readonly record struct Kind(string History, string Actor, string? Permission, string Reason, string? Asked = null, string? TokenKind = null, string? Elevation = null, string? From = null);

    public readonly record struct Written(Kind Kind, RefusalEvent.AccessRefused Refused);

    private sealed class Entry(DateTimeOffset opened)
    {
        public DateTimeOffset Opened { get; } = opened;
        public bool IsWritten { get; set; }
        public string? Route { get; set; }
        public string? Resource { get; set; }
        public DateTimeOffset First { get; set; }
        public DateTimeOffset Last { get; set; }
        public long Count { get; set; }
    }

    public bool IsEmpty { get { lock (gate) return entries.Count == 0; } }

    public void Add(Kind kind, string? route, string? resource, DateTimeOffset at) => Add(kind, route, resource, at, at, 1);

    /// <summary>What is to be written now.</summary>
    /// <param name="all">Also what its minute has not passed for.</param>
    public List<Written> Take(DateTimeOffset now, bool all = false)
    {
        var taken = new List<Written>();
        lock (gate)
        {
            foreach (var (kind, entry) in entries)
            {
                var passed = all || now - entry.Opened >= Apart;
                if (entry.Count > 0 && (passed || !entry.IsWritten))
                {
                    taken.Add(new(kind, new(kind.Actor, kind.Permission, entry.Route, entry.Resource, kind.Reason, kind.Asked, kind.TokenKind, kind.Elevation, entry.First, entry.Last, entry.Count)));
                    (entry.Count, entry.IsWritten) = (0, true);
                }
                if (!passed) continue;
                entries.Remove(kind);
                if (--kinds[kind.History] == 0) kinds.Remove(kind.History);
            }
        }
        return taken;
    }

    /// <summary>Takes back what could not be written.</summary>
    public void PutBack(IEnumerable<Written> taken)
    {
        foreach (var (kind, refused) in taken) Add(kind, refused.Route, refused.Resource, refused.FirstAt, refused.LastAt, refused.Count);
    }

    private void Add(Kind kind, string? route, string? resource, DateTimeOffset first, DateTimeOffset last, long count)
    {
        lock (gate)
        {
            var entry = Of(kind, first);
            if (entry.Count == 0) (entry.Route, entry.Resource, entry.First, entry.Last) = (route, resource, first, last);
            if (first < entry.First) entry.First = first;
            if (last > entry.Last) entry.Last = last;
            entry.Count += count;
        }
    }

    private Entry Of(Kind kind, DateTimeOffset at)
    {
        if (entries.TryGetValue(kind, out var known)) return known;
        var isMore = kind.Reason == More;
        if (kind.From is not null && kinds.GetValueOrDefault(kind.History) >= KindsOfOneMax / 2) return Of(kind with { From = null }, at);
        if (!isMore && kinds.GetValueOrDefault(kind.History) >= KindsOfOneMax) return Of(new(kind.History, Several, null, More), at);
        if (!isMore && entries.Count >= KindsMax) return Of(new(Workspace.PlatformId, Several, null, More), at);
        kinds[kind.History] = kinds.GetValueOrDefault(kind.History) + 1;
        return entries[kind] = new(at);
    }
}

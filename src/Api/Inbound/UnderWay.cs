namespace EventMesh.Api.Inbound;

/// <summary>How many requests of each source this node is reading or verifying: no source takes the memory and the processors of the others.</summary>
public sealed class UnderWay
{
    /// <summary>Of one source at once.</summary>
    public const int PerSourceMax = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> sources = new(StringComparer.Ordinal);

    /// <returns>Leaves when it is disposed; null when the source has as many as it may.</returns>
    public IDisposable? Enter(string source)
    {
        lock (gate)
        {
            var here = sources.GetValueOrDefault(source);
            if (here >= PerSourceMax) return null;
            sources[source] = here + 1;
        }
        return new Leave(this, source);
    }

    private sealed class Leave(UnderWay all, string source) : IDisposable
    {
        public void Dispose()
        {
            lock (all.gate)
            {
                if (--all.sources[source] == 0) all.sources.Remove(source);
            }
        }
    }
}

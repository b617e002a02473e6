namespace EventMesh.Domain.Consumers;

/// <summary>What has happened to a named consumer of a workspace's feed, and what it therefore is. How far it has come since is no event: see <c>eventmesh.consumers</c>.</summary>
public abstract record ConsumerEvent
{
    private ConsumerEvent() { }

    /// <param name="From">What was asked for.</param>
    /// <param name="FromTime">With <see cref="ConsumerFrom.Time"/>: of the first event that it wants.</param>
    /// <param name="Start">The position after which it begins.</param>
    public sealed record ConsumerCreated(string Name, ConsumerFilter Filter, ConsumerFrom From, DateTimeOffset? FromTime, string Start, DateTimeOffset At) : ConsumerEvent;

    /// <param name="Before">Where it stood.</param>
    /// <param name="Start">The position after which it goes on.</param>
    public sealed record ConsumerReset(string Name, string Before, string Start, DateTimeOffset At) : ConsumerEvent;

    public sealed record ConsumerDeleted(string Name, DateTimeOffset At) : ConsumerEvent;
}

public enum ConsumerFrom { Beginning, Now, Position, Time }

/// <summary>Which events it wants, as it was written.</summary>
public sealed record ConsumerFilter(IReadOnlyList<string>? Types, string? Stream, string? Resource)
{
    public bool SameAs(ConsumerFilter other) =>
        Stream == other.Stream && Resource == other.Resource && (Types ?? []).SequenceEqual(other.Types ?? [], StringComparer.Ordinal);
}

public abstract record Consumer
{
    private Consumer() { }

    public const int NameCharsMax = 63;

    /// <summary>Of a workspace, at once.</summary>
    public const int ConsumersMax = 100;

    public sealed record Missing : Consumer;

    /// <param name="Generation">Counts creations and resets: what was noted of its position in an earlier one holds no longer.</param>
    /// <param name="Start">Where it stands in this generation as long as nobody has acknowledged anything.</param>
    public sealed record Existing(ConsumerEvent.ConsumerCreated Created, long Generation, string Start) : Consumer;

    public sealed record Deleted(long Generation) : Consumer;

    public static readonly Consumer Initial = new Missing();

    /// <summary>Whether a consumer may be named so: <c>^[a-z0-9][a-z0-9._-]{0,62}$</c>.</summary>
    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= NameCharsMax } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '.' or '_' or '-');

    public static Consumer Evolve(Consumer state, ConsumerEvent happened) => (state, happened) switch
    {
        (_, ConsumerEvent.ConsumerCreated created) => new Existing(created, GenerationOf(state) + 1, created.Start),
        (Existing now, ConsumerEvent.ConsumerReset reset) => now with { Generation = now.Generation + 1, Start = reset.Start },
        (_, ConsumerEvent.ConsumerDeleted) => new Deleted(GenerationOf(state)),
        _ => state,
    };

    private static long GenerationOf(Consumer state) => state switch
    {
        Existing existing => existing.Generation,
        Deleted deleted => deleted.Generation,
        _ => 0,
    };
}

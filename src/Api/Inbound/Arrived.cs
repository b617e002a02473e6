namespace EventMesh.Api.Inbound;

/// <summary>A request to a source, as it came: nothing of it is parsed before it is verified.</summary>
public sealed record Arrived(IHeaderDictionary Headers, IQueryCollection Query, ReadOnlyMemory<byte> Body, DateTimeOffset At)
{
    /// <summary>The value of a header that must be there once.</summary>
    /// <returns>Why it has none; null when it has.</returns>
    public Refusal? One(string header, out string value)
    {
        var values = Headers[header];
        value = values.Count == 1 ? values[0] ?? "" : "";
        return values.Count > 1 ? Refusal.RepeatedHeader : value.Length == 0 ? Refusal.MissingHeader : null;
    }
}

/// <summary>Why a request was not taken. The names are those of the counts and of the metric's label.</summary>
public enum Refusal
{
    /// <summary>The header, or the parameter of the query, that proves the sender is not there.</summary>
    MissingHeader,

    /// <summary>It is there more than once: two readers could take either.</summary>
    RepeatedHeader,

    /// <summary>It is not of its form.</summary>
    Malformed,

    /// <summary>No secret fits.</summary>
    Mismatch,

    TooOld,
    TooNew,

    /// <summary>The body is larger than any event.</summary>
    TooLarge,

    /// <summary>Too many requests for the source are under way.</summary>
    Busy,

    /// <summary>It was verified, and could not be published: a limit, a schema, or what a CloudEvent may not be.</summary>
    Unpublished,
}

using System.Buffers;
using System.Text;

namespace EventMesh.EventStore.Appending;

/// <summary>
/// What can be seen to be wrong with an append before it joins a group: text that PostgreSQL would refuse or that could not be sent at all
/// would cost the others of its group a second round trip or their connection.
/// </summary>
public static class Acceptable
{
    // Three UTF-8 bytes a character at most: together they stay below 2,704 bytes, the largest key of an index.
    public const int WorkspaceMax = 128;
    public const int StreamMax = 512;
    public const int PayloadIdMax = 512;
    public const int TypeMax = 500;

    /// <exception cref="EventRefused">An append cannot be stored.</exception>
    /// <exception cref="ArgumentException">An append has no events, or the appends name a stream twice.</exception>
    internal static void Check(IReadOnlyList<Append> appends)
    {
        for (var i = 0; i < appends.Count; i++)
        {
            Check(appends[i]);
            for (var earlier = 0; earlier < i && appends.Count <= 16; earlier++)
                if (appends[earlier].Stream == appends[i].Stream && appends[earlier].Workspace == appends[i].Workspace) throw Twice(appends[i]);
        }
        if (appends.Count <= 16) return;
        var streams = new HashSet<(string, string)>(appends.Count);
        foreach (var append in appends)
            if (!streams.Add((append.Workspace, append.Stream))) throw Twice(append);
    }

    private static ArgumentException Twice(Append append) => new($"Stream {append.Stream} of {append.Workspace} is appended to twice in one transaction.", "appends");

    private static void Check(Append append)
    {
        if (append.Events.Count == 0) throw new ArgumentException($"Nothing to append to stream {append.Stream}.", nameof(append));
        ArgumentOutOfRangeException.ThrowIfNegative(append.ExpectedVersion);
        var stream = append.Stream;
        Name(stream, "workspace id", append.Workspace, WorkspaceMax);
        Name(stream, "stream id", stream, StreamMax);
        Name(stream, "stream type", append.StreamType, TypeMax);
        foreach (var added in append.Events)
        {
            Name(stream, "event type", added.Type, TypeMax);
            Text(stream, ".NET type", added.DotnetName);
        }
        Text(stream, "actor", append.Metadata.Actor);
        Text(stream, "correlation id", append.Metadata.CorrelationId);
        Text(stream, "causation id", append.Metadata.CausationId);
        Text(stream, "trace parent", append.Metadata.TraceParent);
        Text(stream, "elevation", append.Metadata.Elevation);
        Text(stream, "from", append.Metadata.From);
        foreach (var payload in append.Payloads)
        {
            Name(stream, "payload id", payload.Id, PayloadIdMax);
            Text(stream, "content type", payload.ContentType);
        }
    }

    private static void Name(string stream, string what, string? name, int lengthMax)
    {
        if (string.IsNullOrEmpty(name)) throw new EventRefused(stream, $"the {what} is empty.");
        if (name.Length > lengthMax) throw new EventRefused(stream, $"the {what} has more than {lengthMax} characters.");
        Text(stream, what, name);
    }

    private static void Text(string stream, string what, string? text)
    {
        if (!IsText(text)) throw new EventRefused(stream, $"the {what} contains a NUL character or an unpaired surrogate.");
    }

    /// <summary>Whether PostgreSQL can hold <paramref name="text"/>; null it can.</summary>
    internal static bool IsText(string? text)
    {
        if (text is null) return true;
        if (text.Contains('\0')) return false;
        if (Ascii.IsValid(text)) return true;
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out _, out var length) != OperationStatus.Done) return false;
            i += length;
        }
        return true;
    }
}

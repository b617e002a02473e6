using System.Globalization;
using EventMesh.Api.CloudEvents;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Edge;

/// <summary>A past moment as it was asked for: one of the two.</summary>
public sealed record AskedMoment(DateTimeOffset? Time, Position? Position)
{
    /// <summary>How long an answer waits until no event can be added before the moment that is asked for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    /// <summary>What was decided is stored within this time or never: of times further back everything is there, whatever other transactions are under way.</summary>
    private static readonly TimeSpan StoredWithin = TimeSpan.FromMinutes(1);

    private bool IsRecent { get; init; }

    /// <exception cref="ProblemException">400: it is no moment, or one to come.</exception>
    public static AskedMoment Parse(string field, string text, DateTimeOffset now)
    {
        if (text.Length == 0) return new(now, null) { IsRecent = true };
        if (EventStore.Position.TryParse(text, out var position)) return new(null, position);
        // A plus in a query that nobody escaped is a space.
        if (!Rfc3339.IsTimestamp(text.Replace(' ', '+')) || !DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw Problem.InvalidRequest.At(field, "is neither a time (RFC 3339, such as 2026-11-21T12:00:00Z) nor a position that was given here");
        if (time > now) throw Problem.InvalidRequest.At(field, string.Create(CultureInfo.InvariantCulture, $"is in the future: it is {now.UtcDateTime:O}"));
        return new(time.ToUniversalTime(), null) { IsRecent = now - time < StoredWithin };
    }

    /// <summary>Waits until everything that had begun when it was asked for is there.</summary>
    /// <exception cref="ProblemException">400: no event has such a position yet; 503: it takes too long.</exception>
    public async Task<AskedMoment> Final(Store store, string field, CancellationToken stop)
    {
        if (Time is not null && !IsRecent) return this;
        var (final, notBegun) = await store.ReadHorizon(stop).ConfigureAwait(false);
        if (Position is { } asked && asked.Transaction >= notBegun) throw Problem.InvalidRequest.At(field, "is in the future: no event has this position yet");
        var awaited = Position?.Transaction + 1 ?? notBegun;
        for (var began = TimeProvider.System.GetTimestamp(); final < awaited; (final, _) = await store.ReadHorizon(stop).ConfigureAwait(false))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw Problem.PositionNotReached.At(field, "is not final yet; try again");
            await Task.Delay(LookAgain, stop).ConfigureAwait(false);
        }
        return this;
    }
}

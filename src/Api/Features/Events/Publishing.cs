using System.Security.Cryptography;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Api.Limits;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Events;

/// <summary>Where an event is.</summary>
/// <param name="Duplicate">It was published before, and this is the answer of then.</param>
public sealed record Published(string Id, Position Position, bool Duplicate);

/// <summary>
/// Appends published events. The stream's name is made from what identifies the event, so a second one meets the first one's primary key:
/// exact, for ever, without a cache, whichever node it comes to.
/// </summary>
public static class Publishing
{
    private const string StreamType = "published_event";

    /// <summary>The rule that a sample's delivery names. No rule of a workspace can have this id.</summary>
    private const string SampleRule = "sample";

    private const string ContentType = "application/cloudevents+json";

    /// <exception cref="ProblemException">422: the key was used for another event, or the data does not fit the schema of its type; 429: a hard limit of the plan is reached, and nothing was stored.</exception>
    public static async Task<Published> One(Store store, Limiter limiter, Call call, CloudEvent one, string? idempotencyKey, CancellationToken stop)
    {
        var workspace = store.For(call.Workspace.Id);
        var stream = idempotencyKey is null ? Ids.OfEvent(one.Source, one.Id) : Ids.OfIdempotencyKey(idempotencyKey);
        call.Subject = stream;
        var published = Of(one, call.Now);
        if (await Take(limiter, call, workspace, [stream], stop).ConfigureAwait(false) is { } taken)
        {
            await Fits(limiter, taken, 1, SchemaCheck.Of(workspace, call.Workspace, one, stream, stop)).ConfigureAwait(false);
            var answer = (await Append(limiter, taken, workspace, [Append(workspace, stream, one, published, call)], stop).ConfigureAwait(false))[0];
            if (answer.Stored)
            {
                EdgeTelemetry.Accepted.Add(1);
                return new(stream, answer.Position, false);
            }
        }
        EdgeTelemetry.Duplicates.Add(1);
        var (position, first) = await First(store, workspace, stream, stop).ConfigureAwait(false);
        if (idempotencyKey is not null && first.Sha256 != published.Sha256)
            throw Problem.IdempotencyKeyReused.At("Idempotency-Key", "was used before, for an event that differs from this one");
        return new(stream, position, true);
    }

    /// <summary>All in one transaction; each answered in its place.</summary>
    /// <exception cref="ProblemException">422: the data of one does not fit the schema of its type; 429: a hard limit of the plan does not allow all of them. Nothing was stored.</exception>
    public static async Task<IReadOnlyList<Published>> All(Store store, Limiter limiter, Call call, IReadOnlyList<CloudEvent> batch, CancellationToken stop)
    {
        var workspace = store.For(call.Workspace.Id);
        var streams = batch.Select(e => Ids.OfEvent(e.Source, e.Id)).ToArray();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var appends = new List<Append>();
        for (var i = 0; i < streams.Length; i++)
            if (first.TryAdd(streams[i], appends.Count)) appends.Add(Append(workspace, streams[i], batch[i], Of(batch[i], call.Now), call));

        var answers = new Appended[appends.Count];
        if (await Take(limiter, call, workspace, [.. first.Keys], stop).ConfigureAwait(false) is { } taken)
        {
            await Fits(limiter, taken, appends.Count, SchemaCheck.Of(workspace, call.Workspace, batch, streams, stop)).ConfigureAwait(false);
            answers = await Append(limiter, taken, workspace, appends, stop).ConfigureAwait(false);
        }
        var lost = streams.Where((s, _) => !answers[first[s]].Stored).Distinct(StringComparer.Ordinal).ToArray();
        var known = lost.Length == 0 ? [] : (await workspace.ReadStreams(lost, stop).ConfigureAwait(false)).ToDictionary(s => s.Id, s => s.Events[0].Position, StringComparer.Ordinal);
        var published = new Published[streams.Length];
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < streams.Length; i++)
        {
            var answer = answers[first[streams[i]]];
            var again = !given.Add(streams[i]);
            published[i] = new(streams[i], answer.Stored ? answer.Position : known[streams[i]], again || !answer.Stored);
        }
        EdgeTelemetry.Accepted.Add(published.Count(p => !p.Duplicate));
        EdgeTelemetry.Duplicates.Add(published.Count(p => p.Duplicate));
        return published;
    }

    /// <summary>Appends an event together with its routing to one connection, so that no rule is asked.</summary>
    /// <returns>The event, and its delivery's id.</returns>
    public static async Task<(Published Published, string Delivery)> Sample(Store store, Call call, CloudEvent one, string connection, CancellationToken stop)
    {
        var workspace = store.For(call.Workspace.Id);
        var stream = call.Subject = Ids.OfEvent(one.Source, one.Id);
        var published = Of(one, call.Now);
        var routed = PublishedEventDecider.Decide(new PublishedEventCommand.RouteEvent(stream, [new(SampleRule, connection)], call.Now), new PublishedEvent.Accepted(published));
        var append = workspace.Prepare(stream, StreamType, 0, [published, .. routed], call.Metadata(stream), [Body(stream, one, call)]);
        var answer = (await workspace.AppendTogether([append], stop).ConfigureAwait(false))[0];
        return (new(stream, answer.Position, false), Ids.OfDelivery(stream, SampleRule, connection));
    }

    /// <returns>Null when nothing is left of the month and all of them were stored before: they use nothing of it, and are answered as ever.</returns>
    private static async ValueTask<Limiter.Taken?> Take(Limiter limiter, Call call, WorkspaceStore workspace, IReadOnlyCollection<string> streams, CancellationToken stop)
    {
        try
        {
            var taken = await limiter.Take(call.Workspace, LimitedUse.Publish, streams.Count, call.Metadata(), stop).ConfigureAwait(false);
            call.Allowance = taken.Nearest;
            return taken;
        }
        catch (ProblemException refused) when (refused.Allowance?.Limit == PlanLimits.EventsPerMonthName && limiter.MayLook(call.Workspace.Id))
        {
            if ((await workspace.ReadStreams([.. streams], stop).ConfigureAwait(false)).Count < streams.Count) throw;
            call.Allowance = refused.Allowance;
            return null;
        }
    }

    // Checked when it is within the rate, so that nobody makes us check without end; refused, it does not count in the month.
    private static async ValueTask Fits(Limiter limiter, Limiter.Taken taken, int events, ValueTask check)
    {
        try
        {
            await check.ConfigureAwait(false);
        }
        catch (ProblemException)
        {
            limiter.PutBack(taken, events);
            throw;
        }
    }

    /// <summary>Appends; what was there already, or cannot be stored, does not count in the month.</summary>
    private static async Task<Appended[]> Append(Limiter limiter, Limiter.Taken taken, WorkspaceStore workspace, IReadOnlyList<Append> appends, CancellationToken stop)
    {
        try
        {
            var answers = await workspace.AppendTogether(appends, stop).ConfigureAwait(false);
            limiter.PutBack(taken, answers.Count(a => !a.Stored));
            return answers;
        }
        catch (EventRefused)
        {
            limiter.PutBack(taken, appends.Count);
            throw;
        }
    }

    private static Payload Body(string stream, CloudEvent one, Call call) =>
        new(stream, DateOnly.FromDateTime(call.Now.UtcDateTime), ContentType, one.Json) { RetentionDays = call.Workspace.RetentionDays };

    private static Append Append(WorkspaceStore workspace, string stream, CloudEvent one, PublishedEventEvent.EventPublished published, Call call) =>
        workspace.Prepare(stream, StreamType, 0, [published], call.Metadata(stream), [Body(stream, one, call)]);

    private static PublishedEventEvent.EventPublished Of(CloudEvent one, DateTimeOffset at)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(one.Json.Span, digest);
        return new(one.Id, one.Source, one.Type, one.Subject, one.Resource, one.ResourceId, one.Time, one.Json.Length, Convert.ToHexStringLower(digest), at);
    }

    private static async Task<(Position Position, PublishedEventEvent.EventPublished What)> First(Store store, WorkspaceStore workspace, string stream, CancellationToken stop)
    {
        var first = (await workspace.ReadStreamPage(stream, 0, 1, stop).ConfigureAwait(false))[0];
        return (first.Position, (PublishedEventEvent.EventPublished)store.Types.Read(first));
    }
}

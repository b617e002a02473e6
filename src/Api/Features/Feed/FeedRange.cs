using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>A stretch of a workspace's feed.</summary>
/// <param name="After">The position after which it begins.</param>
/// <param name="Until">The position before which it ends; null: it has no end yet.</param>
public readonly record struct FeedRange(Position After, Position? Until)
{
    private const string WhatToDo =
        "If the platform was restored from an older backup, what you hold may be newer than what is here: compare it by the events' ids, drop what is not here, and go on after the last event that is; or begin anew.";

    /// <summary>Whether nothing can be in it any more.</summary>
    public async Task<bool> IsOver(WorkspaceStore workspace, CancellationToken stop) => Until is { } until && After >= await workspace.FindBefore(until, stop).ConfigureAwait(false);

    /// <inheritdoc cref="Of(WorkspaceStore, Position?, Guid?, DateTimeOffset?, DateTimeOffset?, CancellationToken)"/>
    public static Task<FeedRange> Of(WorkspaceStore workspace, FeedAsked asked, CancellationToken stop) =>
        Of(workspace, asked.After, asked.AfterId, asked.Since, asked.Until, stop);

    /// <summary>The stretch that is asked for, as it is now. Two that meet at a time share no event and leave none out, once what is on its way has arrived.</summary>
    /// <param name="after">Null when it begins at <paramref name="since"/>, or at the beginning.</param>
    /// <exception cref="ProblemException">409: no event of this workspace stands at <paramref name="after"/>, or another than they have.</exception>
    public static async Task<FeedRange> Of(WorkspaceStore workspace, Position? after, Guid? afterId, DateTimeOffset? since, DateTimeOffset? until, CancellationToken stop)
    {
        var start = after ?? Position.Start;
        if (start != Position.Start) await Check(workspace, start, afterId, stop).ConfigureAwait(false);
        else if (since is { } from) start = await StartAt(workspace, from, stop).ConfigureAwait(false);
        return new(start, until is { } to ? await workspace.FindSince(to, stop).ConfigureAwait(false) : null);
    }

    /// <summary>The position after which the first event stands that did not happen before a time; the present end when all did.</summary>
    public static async Task<Position> StartAt(WorkspaceStore workspace, DateTimeOffset since, CancellationToken stop) =>
        await workspace.FindSince(since, stop).ConfigureAwait(false) is { } first ? await workspace.FindBefore(first, stop).ConfigureAwait(false) : await workspace.FindEnd(stop).ConfigureAwait(false);

    /// <exception cref="ProblemException">409: no event of this workspace stands there, or another than they have.</exception>
    public static async Task Check(WorkspaceStore workspace, Position position, Guid? id, CancellationToken stop)
    {
        var there = await workspace.FindAt(position, stop).ConfigureAwait(false);
        if (there is null) throw Problem.PositionUnknown.With($"No event of this workspace's feed stands at {position}. {WhatToDo}");
        if (id is not null && there != id) throw Problem.PositionUnknown.With($"Another event stands at {position} than the one you name. {WhatToDo}");
    }

    /// <summary>
    /// The same with the end that a time sets, once that is known: before the first event that did not happen before it; or, when none has for so long that what comes now happened later
    /// (<see cref="FindPositionsVerb.Disorder"/>), where the history ends.
    /// </summary>
    public async Task<FeedRange> EndedAt(WorkspaceStore workspace, DateTimeOffset? until, DateTimeOffset now, CancellationToken stop)
    {
        if (Until is not null || until is not { } time || time > now) return this;
        // In this order: nothing up to the end that is found happened later unless it is found too, and nothing stands before it that cannot be read yet.
        var end = await workspace.FindEnd(stop).ConfigureAwait(false);
        var last = await workspace.ReadLastPosition(stop).ConfigureAwait(false);
        if (await workspace.FindSince(time, stop).ConfigureAwait(false) is { } first) return this with { Until = first };
        return end == last && now >= time + FindPositionsVerb.Disorder ? this with { Until = end with { Sequence = end.Sequence + 1 } } : this;
    }

    /// <summary>The same with an end: where there is none yet, the last event that there is now.</summary>
    public async Task<FeedRange> Ended(WorkspaceStore workspace, CancellationToken stop)
    {
        if (Until is not null) return this;
        var last = await workspace.FindEnd(stop).ConfigureAwait(false);
        return this with { Until = last with { Sequence = last.Sequence + 1 } };
    }
}

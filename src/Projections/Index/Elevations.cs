using System.Collections.Concurrent;
using System.Collections.Immutable;
using EventMesh.Domain.Access;

namespace EventMesh.Projections.Index;

/// <summary>An elevation that was approved and that nobody has ended.</summary>
public sealed record ActiveElevation(string Id, Role Roles, DateTimeOffset EndsAt);

/// <summary>Under which elevations admins may act, by workspace and admin. Those whose time is over are left out by whoever asks, with the clock of its node.</summary>
public sealed class Elevations
{
    private readonly ConcurrentDictionary<(string Workspace, string Admin), ImmutableList<ActiveElevation>> active = new();

    /// <summary>What an admin may act under, the latest to end first.</summary>
    public IEnumerable<ActiveElevation> Of(string workspace, string admin, DateTimeOffset now) =>
        active.TryGetValue((workspace, admin), out var found) ? found.Where(e => e.EndsAt > now).OrderByDescending(e => e.EndsAt) : [];

    internal void Forget(string workspace)
    {
        foreach (var of in active.Keys.Where(k => k.Workspace == workspace)) active.TryRemove(of, out _);
    }

    internal void Apply(string workspace, string stream, ElevationEvent happened)
    {
        switch (happened)
        {
            // Of one admin there are few at a time: what ended before this one was given is swept away with it.
            case ElevationEvent.ElevationApproved given:
                Change(given.Admin, list => list.RemoveAll(e => e.Id == stream || e.EndsAt <= given.At).Add(new(stream, RoleNames.Parse(given.Roles) ?? Role.None, given.EndsAt)));
                break;
            case ElevationEvent.ElevationEnded ended:
                Change(ended.Admin, list => list.RemoveAll(e => e.Id == stream));
                break;
        }

        void Change(string admin, Func<ImmutableList<ActiveElevation>, ImmutableList<ActiveElevation>> change) =>
            active[(workspace, admin)] = change(active.GetValueOrDefault((workspace, admin), []));
    }
}

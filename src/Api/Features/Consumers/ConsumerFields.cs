using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.Domain.Consumers;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Consumers;

/// <summary>What a consumer is, as it is sent.</summary>
/// <param name="From"><c>beginning</c>, <c>now</c>, a position, or a time (RFC 3339) whose first event is the first it wants.</param>
/// <param name="Filter">Which events it wants; all without it.</param>
public sealed record ConsumerFields(string? From, FeedFilter? Filter = null)
{
    /// <exception cref="ProblemException">Something is wrong; or 409: no event stands at the position.</exception>
    public async Task<ConsumerCommand.CreateConsumer> Validated(string name, Call call, Store store, CancellationToken stop)
    {
        var checks = new Checks();
        checks.That(Consumer.IsName(name), "name", $"has 1 to {Consumer.NameCharsMax} lower-case letters, digits, '.', '_' and '-', and begins with a letter or digit");
        Filter?.Check(checks);
        var place = Place(From, "from", checks);
        checks.Done();
        var start = await StartOf(place, store.For(call.Workspace.Id), stop);
        var types = Filter?.Types is { Count: > 0 } some ? some : null;
        return new(name, new(types, Filter?.Stream, Filter?.Resource), place.From, place.Time, Text(start), call.Now);
    }

    internal readonly record struct Beginning(ConsumerFrom From, Position Position, DateTimeOffset? Time);

    /// <summary>Where something is to begin; adds what is wrong with it.</summary>
    internal static Beginning Place(string? text, string field, Checks checks)
    {
        switch (text)
        {
            case null or "": checks.Add(field, "is required: beginning, now, a position or a time"); return default;
            case "beginning": return new(ConsumerFrom.Beginning, Position.Start, null);
            case "now": return new(ConsumerFrom.Now, default, null);
        }
        if (Position.TryParse(text, out var position)) return new(ConsumerFrom.Position, position, null);
        var time = FeedFilter.Time(new Checks(), field, text);
        checks.That(time is not null, field, "must be beginning, now, a position that the feed gave, or a time such as 2026-11-20T12:00:00Z");
        return new(ConsumerFrom.Time, default, time);
    }

    /// <exception cref="ProblemException">409: no event stands at the position.</exception>
    internal static async Task<Position> StartOf(Beginning place, WorkspaceStore workspace, CancellationToken stop)
    {
        switch (place.From)
        {
            case ConsumerFrom.Now: return await workspace.FindEnd(stop);
            case ConsumerFrom.Time: return await FeedRange.StartAt(workspace, place.Time!.Value, stop);
            case ConsumerFrom.Position: await FeedRange.Check(workspace, place.Position, null, stop); break;
        }
        return place.Position;
    }

    /// <summary>A position as it is shown: <c>0</c> is the beginning.</summary>
    internal static string Text(Position position) => position == Position.Start ? "0" : position.ToString();

    /// <summary>What <see cref="Text"/> wrote.</summary>
    internal static Position Read(string text) => text == "0" ? Position.Start : Position.Parse(text);
}

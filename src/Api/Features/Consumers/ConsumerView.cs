using EventMesh.Api.Consumers;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;

namespace EventMesh.Api.Features.Consumers;

/// <summary>A consumer as it is shown.</summary>
/// <param name="From">Where it was created to begin: <c>beginning</c>, <c>now</c>, <c>position</c> or <c>time</c>.</param>
/// <param name="Position">After which it goes on; <c>0</c> is the beginning.</param>
/// <param name="LagEvents">Events of the workspace that follow it, wanted or not, counted up to 10,000.</param>
/// <param name="LagEventsMore">Whether there are more than were counted.</param>
/// <param name="LagSeconds">How long ago the first of them happened; 0 when there is none.</param>
/// <param name="MovedAt">When it last acknowledged something; null: not since it was created or reset.</param>
/// <param name="SeenAt">When it was last there, to ten seconds or so.</param>
public sealed record ConsumerView(
    string Name, FeedFilter Filter, string From, DateTimeOffset? FromTime, string Position, int LagEvents, bool LagEventsMore, double LagSeconds,
    DateTimeOffset CreatedAt, DateTimeOffset? MovedAt, DateTimeOffset? SeenAt)
{
    public const int CountedMax = 10_000;

    public static async Task<IReadOnlyList<ConsumerView>> Of(IReadOnlyList<StandingConsumer> consumers, Call call, ConsumerPositions positions, CancellationToken stop)
    {
        var lags = await positions.Lags(call.Workspace.Id, [.. consumers.Select(c => c.Position)], CountedMax + 1, stop);
        return [.. consumers.Select((c, i) => Of(c, lags[i], call.Now))];
    }

    private static ConsumerView Of(StandingConsumer consumer, (int Events, DateTimeOffset? Since) lag, DateTimeOffset now)
    {
        var created = consumer.State.Created;
        return new(consumer.Name, new(created.Filter.Types, created.Filter.Stream, created.Filter.Resource), created.From.ToString().ToLowerInvariant(), created.FromTime,
            ConsumerFields.Text(consumer.Position), Math.Min(lag.Events, CountedMax), lag.Events > CountedMax,
            lag.Since is { } since ? Math.Max(0, Math.Round((now - since).TotalSeconds, 3)) : 0, created.At, consumer.MovedAt, consumer.SeenAt);
    }
}

using System.Text.Json;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

/// <summary>The filter in SQL against the same filter said plainly, over histories that are made up anew from each seed.</summary>
public sealed class FilteredFeedTests : IAsyncLifetime
{
    private static readonly string[] Types = ["event_published", "event_routed", "eventful", "delivery_succeeded", "rule_created", "xdelivery"];
    private static readonly string[] Ids = ["con_1", "con_2", "con%1"];

    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("filtered");
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public async Task A_filter_lets_through_what_it_says_in_pages_of_any_size(int seed)
    {
        var chance = new Random(seed);
        await Write(chance, 60);
        var history = await All("acme");
        for (var tried = 0; tried < 40; tried++)
        {
            var (filter, after, until) = (Made(chance), Chosen(chance, history), chance.Next(3) == 0 ? Chosen(chance, history) : (Position?)null);
            var read = await Pages(filter, after, until, limit: chance.Next(1, 8), lookedAtMax: chance.Next(1, 12));
            Assert.Equal(history.Where(e => e.Position > after && (until is null || e.Position < until) && Wanted(filter, e)).Select(e => e.Position), read.Select(e => e.Position));
        }
    }

    [Fact]
    public async Task A_page_looks_at_so_many_events_and_says_how_far_it_has_come_when_it_wants_none_of_them()
    {
        for (var i = 0; i < 10; i++) await opened.Append("acme", $"s{i}", 0, Opened.Event());
        var history = await All("acme");
        var none = new EventFilter { Types = ["nothing"] };
        var page = await opened.Store.For("acme").ReadFiltered(none, Position.Start, null, 5, lookedAtMax: 4);
        Assert.Equal((0, history[3].Position, false), (page.Events.Count, page.Reached, page.End));
        page = await opened.Store.For("acme").ReadFiltered(none, history[3].Position, null, 5, lookedAtMax: 7);
        Assert.Equal((0, history[9].Position, true), (page.Events.Count, page.Reached, page.End));
        page = await opened.Store.For("acme").ReadFiltered(none, history[9].Position, null, 5);
        Assert.Equal((0, history[9].Position, true), (page.Events.Count, page.Reached, page.End));
    }

    [Fact]
    public async Task Another_workspace_is_neither_read_nor_reached()
    {
        await opened.Append("acme", "s", 0, Opened.Event());
        await opened.Append("zeta", "s", 0, Opened.Event());
        var mine = (await All("acme"))[0].Position;
        var page = await opened.Store.For("acme").ReadFiltered(new EventFilter { StreamPrefix = "s" }, Position.Start, null, 10);
        Assert.Equal((1, mine), (page.Events.Count, page.Reached));
        Assert.Null(await opened.Store.For("acme").FindAt((await All("zeta"))[0].Position));
        Assert.NotNull(await opened.Store.For("acme").FindAt(mine));
    }

    [Theory]
    [InlineData(4), InlineData(5)]
    public async Task The_first_event_not_before_a_time_is_found_though_times_do_not_quite_follow_the_order(int seed)
    {
        var chance = new Random(seed);
        Assert.Null(await opened.Store.For("acme").FindSince(Opened.Now.At));
        for (var i = 0; i < 80; i++)
        {
            // Later by a minute and a half each, but for up to a minute of disorder.
            var at = Opened.Now.At.AddSeconds(i * 10 + chance.Next(0, 59));
            await opened.Store.For(chance.Next(2) == 0 ? "acme" : "zeta").Append($"s{i}", "thing", 0, Opened.Events(chance.Next(1, 4)), Opened.Now with { At = at });
        }
        var history = await All("acme");
        for (var seconds = -60; seconds < 950; seconds += 7)
        {
            var time = Opened.Now.At.AddSeconds(seconds);
            Assert.Equal(history.FirstOrDefault(e => e.At >= time)?.Position, await opened.Store.For("acme").FindSince(time));
        }
        Assert.Equal(history[^1].Position, await opened.Store.For("acme").FindEnd());
        Assert.Equal(history[^2].Position, await opened.Store.For("acme").FindBefore(history[^1].Position));
        Assert.Equal(Position.Start, await opened.Store.For("acme").FindBefore(history[0].Position));
    }

    private async Task Write(Random chance, int appends)
    {
        for (var i = 0; i < appends; i++)
        {
            var id = Ids[chance.Next(Ids.Length)];
            var data = chance.Next(5) switch
            {
                0 => $$"""{"connection":"{{id}}"}""",
                1 => $$"""{"deliveries":[{"id":"x","connection":"other"},{"id":"y","connection":"{{id}}"}]}""",
                2 => $$"""{"of":{"connection":"{{id}}"},"n":1}""",
                3 => """{"resource":"order","resource_id":"7"}""",
                _ => """{"resource":"order"}""",
            };
            var stream = (chance.Next(3) == 0 ? id : chance.Next(2) == 0 ? "con_9" : "evt_9") + (chance.Next(4) == 0 ? "" : $"-{i}");
            var version = (await opened.Store.For("acme").ReadStream(stream)).Version;
            await opened.Append("acme", stream, version, [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => Opened.Event(data, Types[chance.Next(Types.Length)]))]);
            if (chance.Next(3) == 0) await opened.Append("zeta", $"z{i}", 0, Opened.Event(data, Types[chance.Next(Types.Length)]));
        }
    }

    private static EventFilter Made(Random chance) => new()
    {
        Types = chance.Next(2) == 0 ? [] : [Types[chance.Next(Types.Length)], "nothing"],
        TypePrefixes = chance.Next(2) == 0 ? [] : [new[] { "event_", "delivery_", "", "event%", "x" }[chance.Next(5)]],
        StreamPrefix = chance.Next(2) == 0 ? null : new[] { "con_", "con_9", "c", "con%" }[chance.Next(4)],
        Stream = chance.Next(2) == 0 ? null : Ids[chance.Next(Ids.Length)],
        Data = chance.Next(3) switch
        {
            0 => [],
            1 => Ids[chance.Next(Ids.Length)] is var id ? [$$"""{"connection":"{{id}}"}""", $$"""{"deliveries":[{"connection":"{{id}}"}]}""", $$"""{"of":{"connection":"{{id}}"} }"""] : [],
            _ => ["""{"resource":"order","resource_id":"7"}"""],
        },
        DataType = chance.Next(3) == 0 ? "event_published" : null,
    };

    private static bool Wanted(EventFilter filter, StoredEvent stored) =>
        (filter.Types.Count + filter.TypePrefixes.Count == 0 || filter.Types.Contains(stored.Type) || filter.TypePrefixes.Any(p => stored.Type.StartsWith(p, StringComparison.Ordinal)))
        && (filter.StreamPrefix is null || stored.Stream.StartsWith(filter.StreamPrefix, StringComparison.Ordinal))
        && ((filter.Stream is null && filter.Data.Count == 0) || stored.Stream == filter.Stream
            || ((filter.DataType is null || filter.DataType == stored.Type) && filter.Data.Any(d => Contains(JsonElement.Parse(stored.Data.Span), JsonElement.Parse(d)))));

    private static bool Contains(JsonElement whole, JsonElement part) => (whole.ValueKind, part.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) => part.EnumerateObject().All(m => whole.TryGetProperty(m.Name, out var there) && Contains(there, m.Value)),
        (JsonValueKind.Array, JsonValueKind.Array) => part.EnumerateArray().All(p => whole.EnumerateArray().Any(w => Contains(w, p))),
        _ => JsonElement.DeepEquals(whole, part),
    };

    private static Position Chosen(Random chance, List<StoredEvent> history) => chance.Next(3) == 0 ? Position.Start : history[chance.Next(history.Count)].Position;

    private async Task<List<StoredEvent>> Pages(EventFilter filter, Position after, Position? until, int limit, int lookedAtMax)
    {
        var read = new List<StoredEvent>();
        for (var at = after; ;)
        {
            var page = await opened.Store.For("acme").ReadFiltered(filter, at, until, limit, lookedAtMax);
            Assert.InRange(page.Events.Count, 0, limit);
            read.AddRange(page.Events.Select(e => e.Event));
            if (page.End) return read;
            Assert.True(page.Reached > at);
            at = page.Reached;
        }
    }

    private async Task<List<StoredEvent>> All(string workspace) => [.. (await opened.Feed()).Where(e => e.Workspace == workspace)];
}

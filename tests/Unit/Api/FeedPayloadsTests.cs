using System.Text;
using EventMesh.Api.Features.Feed;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class FeedPayloadsTests
{
    private const int Half = FeedPayloads.BytesMax / 2;

    [Fact]
    public void A_page_is_cut_where_its_bodies_would_be_too_much_at_once() => Assert.Equal([2, 1, 1], Cut(Half, Half, Half + 1, Half));

    [Fact]
    public void One_body_that_is_too_much_alone_is_a_piece_of_its_own() => Assert.Equal([1, 1, 2], Cut(1, FeedPayloads.BytesMax + 1, 1, 1));

    [Fact]
    public void Events_without_a_body_weigh_nothing() =>
        Assert.Equal([3], FeedPayloads.Pieces([Event("event_published", FeedPayloads.BytesMax), Event("event_routed", FeedPayloads.BytesMax), Event("eventful", 1)]).Select(p => p.Count));

    [Fact]
    public void Of_nothing_there_are_no_pieces() => Assert.Empty(FeedPayloads.Pieces([]));

    private static int[] Cut(params int[] sizes) => [.. FeedPayloads.Pieces([.. sizes.Select(s => Event("event_published", s))]).Select(p => p.Count)];

    private static WholeEvent Event(string type, int size) => new(
        new(new(1, 1), "acme", "evt_1", 1, type, Encoding.UTF8.GetBytes($$$"""{"id":"a","nested":{"size":1},"size":{{{size}}}}"""), default, null, null, null, null), Guid.Empty, null, null, false, null);
}

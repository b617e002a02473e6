using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.EventStore.Reading;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class FeedFilterTests
{
    private const string Connection = "con_01jd3q7z5k8m9n2p4r6s8t0v1w";

    [Fact]
    public void Names_are_listed_with_commas_and_a_star_at_the_end_means_all_that_begin_so()
    {
        var asked = Of("?type=event_published, delivery_*,*").ToStore();
        Assert.Equal(["event_published"], asked.Types);
        Assert.Equal(["delivery_", ""], asked.TypePrefixes);
    }

    [Fact]
    public void Nothing_given_lets_everything_through()
    {
        Assert.True(Of("").IsAll);
        Assert.True(Of("?type=&stream=&resource=").IsAll);
        Assert.False(Of("?stream=con_").IsAll);
    }

    [Theory]
    [InlineData("type", "Event"), InlineData("type", "a**"), InlineData("type", "*a"), InlineData("type", "a,,b"), InlineData("type", "%"), InlineData("stream", "a b"), InlineData("stream", "ü"), InlineData("resource", "a\u0001")]
    public void What_names_nothing_is_refused(string field, string value)
    {
        var checks = new Checks();
        FeedFilter.Of(Query(field, value), checks);
        Assert.Equal(field, Assert.Single(Assert.Throws<ProblemException>(checks.Done).Errors).Field);
    }

    [Fact]
    public void Each_limit_holds_at_the_limit_and_not_one_past_it()
    {
        Right("type", string.Join(',', Enumerable.Repeat(new string('a', FeedFilter.TypeCharsMax), FeedFilter.TypesMax)));
        Wrong("type", string.Join(',', Enumerable.Repeat("a", FeedFilter.TypesMax + 1)));
        Wrong("type", new string('a', FeedFilter.TypeCharsMax + 1));
        Right("stream", new string('a', FeedFilter.StreamCharsMax));
        Wrong("stream", new string('a', FeedFilter.StreamCharsMax + 1));
        Right("resource", new string('a', FeedFilter.ResourceCharsMax));
        Wrong("resource", new string('a', FeedFilter.ResourceCharsMax + 1));
    }

    [Fact]
    public void An_id_is_that_of_the_stream_or_named_in_the_data()
    {
        var asked = Of("?resource=" + Connection).ToStore();
        Assert.Equal(Connection, asked.Stream);
        Assert.Null(asked.DataType);
        Assert.Contains($$"""{"deliveries":[{"connection":"{{Connection}}"}]}""", asked.Data);
        Assert.All(asked.Data, named => Assert.Contains(Connection, named, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("order", """{"resource":"order"}""")]
    [InlineData("order/7/a", """{"resource":"order","resource_id":"7/a"}""")]
    [InlineData("con_short", """{"resource":"con_short"}""")]
    [InlineData("a\"b", "{\"resource\":\"a\\u0022b\"}")]
    public void Anything_else_is_the_resource_of_a_published_event(string resource, string data)
    {
        var asked = new FeedFilter(Resource: resource).ToStore();
        Assert.Null(asked.Stream);
        Assert.Equal("event_published", asked.DataType);
        Assert.Equal([data], asked.Data);
    }

    private static FeedFilter Of(string query)
    {
        var checks = new Checks();
        var filter = FeedFilter.Of(new QueryCollection(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query)), checks);
        checks.Done();
        return filter;
    }

    private static QueryCollection Query(string field, string value) => new(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { [field] = value });

    private static void Right(string field, string value)
    {
        var checks = new Checks();
        FeedFilter.Of(Query(field, value), checks);
        checks.Done();
    }

    private static void Wrong(string field, string value)
    {
        var checks = new Checks();
        FeedFilter.Of(Query(field, value), checks);
        Assert.Throws<ProblemException>(checks.Done);
    }
}

using System.Text.Json;
using EventMesh.Domain.Filters;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class AttributeTests
{
    [Theory]
    [InlineData("""{"type":"order.created"}""", true)]
    [InlineData("""{"type":"order.deleted"}""", false)]
    [InlineData("""{"source":"/shops/7"}""", true)]
    [InlineData("""{"source":{"$startsWith":"/shops/"}}""", true)]
    [InlineData("""{"source":{"$endsWith":"/8"}}""", false)]
    [InlineData("""{"subject":["order-0","order-1"]}""", true)]
    [InlineData("""{"subject":{"$gt":"order-0","$lt":"order-2"}}""", true)]
    [InlineData("""{"subject":{"$nin":["order-1"]}}""", false)]
    [InlineData("""{"resource":"orders","resource_id":"1"}""", true)]
    [InlineData("""{"resource":"orders","resource_id":"2"}""", false)]
    [InlineData("""{"resource_id":{"$not":"1"}}""", false)]
    [InlineData("""{"subject":"order-*"}""", false)]
    [InlineData("""{"type":"order.created","data":{"total":{"$gte":100}}}""", true)]
    [InlineData("""{"type":"order.created","data":{"total":{"$gte":121}}}""", false)]
    [InlineData("""{"type":["order.*"],"data.total":{"$gte":100},"data":{"state":"paid"}}""", true)]
    [InlineData("""{"$or":[{"type":"x"},{"data":{"state":"paid"}}]}""", true)]
    [InlineData("""{"$or":[{"type":"x"},{"data":{"state":"new"}}]}""", false)]
    [InlineData("""{"$and":[{"type":"order.*"},{"source":"/shops/7"}]}""", true)]
    [InlineData("""{"$and":[{"type":"order.*"},{"source":"/shops/8"}]}""", false)]
    [InlineData("""{"$not":{"type":"order.*"}}""", false)]
    [InlineData("""{"$not":{"type":"invoice.*"}}""", true)]
    [InlineData("{}", true)]
    [InlineData("""{"data":{}}""", true)]
    public void An_order(string filter, bool expected) => Assert.Equal(expected, Events.Matches(filter, Events.Order));

    [Theory]
    [InlineData("""{"subject":"x"}""", false)]
    [InlineData("""{"subject":{"$gt":"x"}}""", false)]
    [InlineData("""{"subject":{"$startsWith":""}}""", false)]
    [InlineData("""{"subject":{"$neq":"x"}}""", true)]
    [InlineData("""{"subject":{"$nin":["x"]}}""", true)]
    [InlineData("""{"subject":{"$exist":false}}""", true)]
    [InlineData("""{"subject":{"$exist":true}}""", false)]
    [InlineData("""{"time":{"$gt":"2020-01-01T00:00:00Z"}}""", false)]
    [InlineData("""{"time":{"$neq":"2020-01-01T00:00:00Z"}}""", true)]
    [InlineData("""{"data":{"$exist":false}}""", true)]
    [InlineData("""{"data":{"total":1}}""", false)]
    [InlineData("""{"data.total":{"$exist":false}}""", true)]
    [InlineData("{}", true)]
    public void An_event_without_any_of_what_may_be_missing(string filter, bool expected) => Assert.Equal(expected, Events.Matches(filter, Events.Bare));

    [Theory]
    [InlineData("\"2026-11-20T08:30:00Z\"", true)]
    [InlineData("\"2026-11-20T09:30:00.000+01:00\"", true)]
    [InlineData("\"2026-11-20T08:30:00.000000001Z\"", false)]
    [InlineData("{\"$gt\":\"2026-11-20T08:29:59.999999999Z\"}", true)]
    [InlineData("{\"$gt\":\"2026-11-20T09:00:00+01:00\"}", true)]
    [InlineData("{\"$lt\":\"2026-11-20t08:30:00.1z\"}", true)]
    [InlineData("{\"$lte\":\"2026-11-20T08:30:00-00:00\"}", true)]
    [InlineData("{\"$lt\":\"2026-11-20T08:30:00Z\"}", false)]
    [InlineData("{\"$gte\":\"2026-11-19T23:59:60Z\",\"$lt\":\"2026-11-21T00:00:00Z\"}", true)]
    [InlineData("{\"$in\":[\"2026-11-20T07:30:00-01:00\"]}", true)]
    [InlineData("{\"$neq\":\"2026-11-20T07:30:00-01:00\"}", false)]
    public void Time_is_an_instant(string condition, bool expected) =>
        Assert.Equal(expected, Events.Matches($$"""{"time":{{condition}}}""", Events.Order));

    [Fact]
    public void A_time_that_is_none_is_of_another_type()
    {
        var input = Events.Order with { Time = "yesterday" };
        Assert.False(Events.Matches("""{"time":{"$gt":"2020-01-01T00:00:00Z"}}""", input));
        Assert.True(Events.Matches("""{"time":{"$neq":"2020-01-01T00:00:00Z"}}""", input));
        Assert.True(Events.Matches("""{"time":{"$exist":true}}""", input));
    }

    [Theory]
    [InlineData("""{"type":"order.*","subject":{"$exist":true}}""", false)]
    [InlineData("{}", false)]
    [InlineData("""{"data":{"a":1}}""", true)]
    [InlineData("""{"$or":[{"type":"x"},{"$not":{"data.a":1}}]}""", true)]
    public void Only_a_filter_that_looks_at_data_needs_it(string filter, bool expected) => Assert.Equal(expected, Events.Filter(filter).NeedsData);

    [Fact]
    public void A_filter_outlives_the_document_it_was_read_from()
    {
        Filter filter;
        using (var document = JsonDocument.Parse("""{"data":{"a":{"$eq":{"b":[1,"x"]}},"c":{"$in":[2,3]}}}"""))
            filter = Filter.Parse(document.RootElement);

        Assert.True(filter.Matches(Events.Order with { Data = JsonElement.Parse("""{"a":{"b":[1,"x"]},"c":3}""") }));
    }
}

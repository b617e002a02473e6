using EventMesh.Domain.Filters;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

/// <summary>Each filter that cannot be right, with the place and the reason its author is told.</summary>
public class RefusalTests
{
    [Theory]
    [InlineData("""[]""", "", "JSON object")]
    [InlineData("""null""", "", "JSON object")]
    [InlineData("""{"typ":"a"}""", "typ", "\"type\"")]
    [InlineData("""{"resourceid":"a"}""", "resourceid", "\"resource_id\"")]
    [InlineData("""{"detail":{"a":1}}""", "detail", "\"data\"")]
    [InlineData("""{"$ro":[{"type":"a"}]}""", "$ro", "\"$or\"")]
    [InlineData("""{"$gt":5}""", "$gt", "below a field")]
    [InlineData("""{"$or":[{"type":"a"},{"typo":"b"}]}""", "$or[1].typo", "\"type\"")]
    [InlineData("""{"Type":"a"}""", "Type", "\"type\"")]
    public void An_unknown_key(string filter, string path, string reason) => Check(filter, path, reason);

    [Theory]
    [InlineData("""{"data":{"a":{"$gtt":5}}}""", "data.a.$gtt", "\"$gt\"")]
    [InlineData("""{"data":{"a":{"$ne":5}}}""", "data.a.$ne", "\"$neq\"")]
    [InlineData("""{"data":{"a":{"$exists":true}}}""", "data.a.$exists", "\"$exist\"")]
    [InlineData("""{"type":{"prefix":"a"}}""", "type.prefix", "\"$startsWith\"")]
    [InlineData("""{"type":[{"anything-but":"a"}]}""", "type[0].anything-but", "\"$nin\"")]
    [InlineData("""{"data":{"$where":1}}""", "data.$where", "Unknown operator")]
    [InlineData("""{"data.$gt":1}""", "data.$gt", "not the name of a field")]
    [InlineData("""{"data.a.$gt":1}""", "data.a.$gt", "not the name of a field")]
    [InlineData("""{"data.":1}""", "data.", "name is missing")]
    [InlineData("""{"data.a..b":1}""", "data.a..b", "name is missing")]
    public void An_unknown_operator_or_name(string filter, string path, string reason) => Check(filter, path, reason);

    [Theory]
    [InlineData("""{"data":{"a":{"$gt":{}}}}""", "data.a.$gt", "number or a string")]
    [InlineData("""{"data":{"a":{"$gte":true}}}""", "data.a.$gte", "number or a string")]
    [InlineData("""{"data":{"a":{"$lt":null}}}""", "data.a.$lt", "number or a string")]
    [InlineData("""{"data":{"a":{"$lte":[1]}}}""", "data.a.$lte", "number or a string")]
    [InlineData("""{"data":{"a":{"$in":1}}}""", "data.a.$in", "list")]
    [InlineData("""{"data":{"a":{"$in":[]}}}""", "data.a.$in", "list")]
    [InlineData("""{"data":{"a":{"$nin":{}}}}""", "data.a.$nin", "list")]
    [InlineData("""{"data":{"a":{"$nin":[]}}}""", "data.a.$nin", "list")]
    [InlineData("""{"data":{"a":{"$exist":1}}}""", "data.a.$exist", "true or false")]
    [InlineData("""{"data":{"a":{"$exist":"true"}}}""", "data.a.$exist", "true or false")]
    [InlineData("""{"data":{"a":{"$startsWith":1}}}""", "data.a.$startsWith", "string")]
    [InlineData("""{"data":{"a":{"$endsWith":null}}}""", "data.a.$endsWith", "string")]
    [InlineData("""{"data":{"a":{"$eq":{"$gt":1}}}}""", "data.a.$eq.$gt", "only compared")]
    [InlineData("""{"data":{"a":{"$in":[{"b":{"$lt":1}}]}}}""", "data.a.$in[0].b.$lt", "only compared")]
    public void A_value_that_its_operator_cannot_use(string filter, string path, string reason) => Check(filter, path, reason);

    [Theory]
    [InlineData("""{"type":[]}""", "type", "list of at least one")]
    [InlineData("""{"data":{"a":[]}}""", "data.a", "list of at least one")]
    [InlineData("""{"data":{"a":[1,[2]]}}""", "data.a[1]", "holds no list")]
    [InlineData("""{"$and":[]}""", "$and", "list of at least one")]
    [InlineData("""{"$or":{"type":"a"}}""", "$or", "list of at least one")]
    [InlineData("""{"$or":[1]}""", "$or[0]", "a filter")]
    [InlineData("""{"$and":[{}]}""", "$and[0]", "says nothing")]
    [InlineData("""{"$not":{}}""", "$not", "says nothing")]
    [InlineData("""{"$not":[{"type":"a"}]}""", "$not", "a filter")]
    [InlineData("""{"data":{"a":{"$and":[]}}}""", "data.a.$and", "list of at least one")]
    [InlineData("""{"data":{"a":{"$or":"x"}}}""", "data.a.$or", "list of at least one")]
    [InlineData("""{"data":{"a":{"$or":[1,2]}}}""", "data.a.$or[0]", "object of operators")]
    [InlineData("""{"data":{"a":{"$and":[{}]}}}""", "data.a.$and[0]", "says nothing")]
    [InlineData("""{"data":{"a":{}}}""", "data.a", "says nothing")]
    [InlineData("""{"data":{"a":{"$not":{}}}}""", "data.a.$not", "says nothing")]
    [InlineData("""{"type":{}}""", "type", "says nothing")]
    public void An_empty_or_shapeless_part(string filter, string path, string reason) => Check(filter, path, reason);

    [Theory]
    [InlineData("""{"type":5}""", "type", "text")]
    [InlineData("""{"type":null}""", "type", "never null")]
    [InlineData("""{"subject":[null]}""", "subject[0]", "$exist")]
    [InlineData("""{"resource_id":42}""", "resource_id", "string")]
    [InlineData("""{"source":{"$gt":5}}""", "source.$gt", "text")]
    [InlineData("""{"source":{"$eq":{"a":1}}}""", "source.$eq", "text")]
    [InlineData("""{"source":{"$exist":false}}""", "source.$exist", "Every event")]
    [InlineData("""{"type":{"$exist":false}}""", "type.$exist", "Every event")]
    [InlineData("""{"type":{"$startsWith":"order.*"}}""", "type.$startsWith", "wildcard")]
    [InlineData("""{"type":{"$gt":"order.*"}}""", "type.$gt", "wildcard")]
    [InlineData("""{"time":"yesterday"}""", "time", "RFC 3339")]
    [InlineData("""{"time":{"$gt":"2026-02-30T00:00:00Z"}}""", "time.$gt", "RFC 3339")]
    [InlineData("""{"time":{"$lt":"2026-01-01"}}""", "time.$lt", "RFC 3339")]
    [InlineData("""{"time":{"$lt":"2026-01-01T00:00:00"}}""", "time.$lt", "RFC 3339")]
    [InlineData("""{"time":{"$lt":"2026-01-01T00:00:00.Z"}}""", "time.$lt", "RFC 3339")]
    [InlineData("""{"time":{"$lt":"2026-01-01T24:00:00Z"}}""", "time.$lt", "RFC 3339")]
    [InlineData("""{"time":{"$lt":"2026-01-01T00:00:00+0100"}}""", "time.$lt", "RFC 3339")]
    [InlineData("""{"time":{"$in":["2026-01-01T00:00:00Z","x"]}}""", "time.$in[1]", "RFC 3339")]
    [InlineData("""{"time":{"$gte":1700000000}}""", "time.$gte", "text")]
    [InlineData("""{"time":{"$startsWith":"2026"}}""", "time.$startsWith", "instant")]
    public void What_an_attribute_can_never_be(string filter, string path, string reason) => Check(filter, path, reason);

    [Theory]
    [InlineData("""{"data":{"a":{"$gt":5,"$lt":3}}}""", "data.a", "between $gt 5 and $lt 3")]
    [InlineData("""{"data":{"a":{"$gt":5,"$lte":5}}}""", "data.a", "between")]
    [InlineData("""{"data":{"a":{"$gte":5.0,"$lt":5}}}""", "data.a", "between")]
    [InlineData("""{"subject":{"$gt":"b","$lt":"a"}}""", "subject", "between")]
    [InlineData("""{"time":{"$gt":"2026-01-02T00:00:00Z","$lt":"2026-01-02T00:30:00+01:00"}}""", "time", "between")]
    [InlineData("""{"data":{"a":{"$gte":1,"$lte":"b"}}}""", "data.a", "nothing is both")]
    [InlineData("""{"data":{"a":{"$gte":1,"$startsWith":"b"}}}""", "data.a", "nothing is both")]
    [InlineData("""{"data":{"a":{"$gt":1,"b":2}}}""", "data.a", "no fields")]
    [InlineData("""{"data":{"a":{"$exist":false,"$gt":1}}}""", "data.a", "needs a value")]
    [InlineData("""{"data":{"a":{"$exist":false,"$eq":null}}}""", "data.a", "needs a value")]
    [InlineData("""{"data":{"a":{"$exist":false,"b":1}}}""", "data.a", "needs a value")]
    [InlineData("""{"data":{"a":{"$exist":false,"$not":{"$neq":1}}}}""", "data.a", "needs a value")]
    [InlineData("""{"subject":{"$exist":false,"$startsWith":""}}""", "subject", "needs a value")]
    [InlineData("""{"data":{"a":{"$eq":5,"$gt":5}}}""", "data.a", "exclude each other")]
    [InlineData("""{"data":{"a":{"$eq":5,"$neq":5.0}}}""", "data.a", "exclude each other")]
    [InlineData("""{"data":{"a":{"$eq":[1,2],"$neq":[1,2.0]}}}""", "data.a", "exclude each other")]
    [InlineData("""{"data":{"a":{"$in":[1,2],"$gt":2}}}""", "data.a", "exclude each other")]
    [InlineData("""{"data":{"a":{"$in":[1,2],"$nin":[2,1]}}}""", "data.a", "exclude each other")]
    [InlineData("""{"data":{"a":{"$eq":"x","$startsWith":"y"}}}""", "data.a", "exclude each other")]
    [InlineData("""{"type":{"$eq":"order.created","$startsWith":"invoice."}}""", "type", "exclude each other")]
    [InlineData("""{"time":{"$eq":"2026-01-01T00:00:00Z","$gt":"2026-01-01T00:00:00Z"}}""", "time", "exclude each other")]
    public void A_contradiction(string filter, string path, string reason) => Check(filter, path, reason);

    [Theory]
    [InlineData("""{"data":{"a":{"$gte":5,"$lte":5}}}""")]
    [InlineData("""{"data":{"a":{"$gt":5,"$gte":5}}}""")]
    [InlineData("""{"data":{"a":{"$exist":false,"$neq":1,"$nin":[2],"$not":3}}}""")]
    [InlineData("""{"data":{"a":{"$exist":true,"b":2}}}""")]
    [InlineData("""{"data":{"a":{"$in":[1,2,3],"$gt":2}}}""")]
    [InlineData("""{"data":{"a":{"$gt":1,"b":{"$exist":false}}}}""")]
    [InlineData("""{"data":{"a":{"$eq":[1,2],"$neq":1}}}""")]
    [InlineData("""{"data":{"a":{"$eq":{"$ref":"x"}}}}""")]
    [InlineData("""{"type":{"$eq":"order.*","$neq":"order.created"}}""")]
    [InlineData("""{"subject":{"$exist":true,"$startsWith":"a*"}}""")]
    public void What_only_looks_like_one(string filter) => Events.Filter(filter);

    [Theory]
    [InlineData("""{"type":"a","type":"b"}""", "type", "twice")]
    [InlineData("""{"data":{"a":1,"\u0061":1}}""", "data.a", "twice")]
    [InlineData("""{"data":{"a":{"$eq":{"b":1,"b":1}}}}""", "data.a.$eq.b", "twice")]
    [InlineData("""{"data":{"a":"\ud800"}}""", "data.a", "surrogate")]
    [InlineData("""{"data":{"\ud800":1}}""", "data", "surrogate")]
    [InlineData("""{"data":{"a":"\u0000"}}""", "data.a", "NUL")]
    [InlineData("""{"data":{"a":1e400}}""", "data.a", "1e308")]
    [InlineData("""{"data":{"a":1e-400}}""", "data.a", "1e-308")]
    public void What_no_store_could_keep(string filter, string path, string reason) => Check(filter, path, reason);

    internal static void Check(string filter, string path, string reason)
    {
        var refused = Assert.Throws<FilterRefused>(() => Events.Filter(filter));
        Assert.Equal(path, refused.Path);
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
    }
}

using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class ListsInDataTests
{
    [Theory]
    [InlineData("\"red\"", """["blue","red"]""", true)]
    [InlineData("\"red\"", """["blue"]""", false)]
    [InlineData("\"red\"", "[]", false)]
    [InlineData("{\"$gt\":5}", "[1,6]", true)]
    [InlineData("{\"$startsWith\":\"r\"}", """["blue","red"]""", true)]
    [InlineData("{\"$in\":[3,4]}", "[1,4]", true)]
    public void One_element_is_enough(string condition, string list, bool expected) => Check(condition, list, expected);

    [Theory]
    [InlineData("{\"$gt\":5,\"$lt\":10}", "[1,20]", false)]
    [InlineData("{\"$gt\":5,\"$lt\":10}", "[1,7]", true)]
    [InlineData("{\"sku\":\"x\",\"count\":2}", """[{"sku":"x","count":1},{"sku":"y","count":2}]""", false)]
    [InlineData("{\"sku\":\"x\",\"count\":2}", """[{"sku":"y","count":1},{"sku":"x","count":2}]""", true)]
    public void The_conditions_of_one_object_hold_of_one_element(string condition, string list, bool expected) => Check(condition, list, expected);

    [Theory]
    [InlineData("{\"$and\":[{\"$gt\":5},{\"$lt\":3}]}", "[1,6]", true)]
    [InlineData("{\"$and\":[{\"$gt\":5},{\"$lt\":3}]}", "[4,6]", false)]
    public void And_looks_at_the_whole_list_each_time(string condition, string list, bool expected) => Check(condition, list, expected);

    [Theory]
    [InlineData("{\"$neq\":1}", "[2,3]", true)]
    [InlineData("{\"$neq\":1}", "[1,3]", false)]
    [InlineData("{\"$neq\":1}", "[]", true)]
    [InlineData("{\"$nin\":[1,2]}", "[3,4]", true)]
    [InlineData("{\"$nin\":[1,2]}", "[3,2]", false)]
    [InlineData("{\"$not\":{\"$gt\":5}}", "[1,6]", false)]
    [InlineData("{\"$gt\":5,\"$neq\":7}", "[6,7]", false)]
    public void A_negation_means_no_element(string condition, string list, bool expected) => Check(condition, list, expected);

    [Theory]
    [InlineData("{\"$eq\":[1,2]}", "[1,2.0]", true)]
    [InlineData("{\"$eq\":[1,2]}", "[2,1]", false)]
    [InlineData("{\"$eq\":[1,2]}", "[1,2,3]", false)]
    [InlineData("{\"$eq\":[1,2]}", "[[1,2],[3]]", true)]
    [InlineData("{\"$eq\":[]}", "[]", true)]
    [InlineData("{\"$in\":[[1],2]}", "[1]", true)]
    [InlineData("{\"$neq\":[1,2]}", "[1,2]", false)]
    [InlineData("{\"$neq\":[1,2]}", "[1]", true)]
    public void A_list_is_equal_to_the_whole_list_or_to_one_element(string condition, string list, bool expected) => Check(condition, list, expected);

    [Theory]
    [InlineData("1", "[[1]]", false)]
    [InlineData("{\"$exist\":true}", "[]", true)]
    [InlineData("{\"sku\":{\"$exist\":false}}", """[{"sku":1}]""", false)]
    [InlineData("{\"sku\":{\"$exist\":false}}", """[{"sku":1},{}]""", true)]
    [InlineData("{\"sku\":{\"$exist\":false}}", "[]", false)]
    [InlineData("{\"sku\":{\"$neq\":1}}", """[{"sku":1}]""", false)]
    [InlineData("{\"sku\":{\"$neq\":1}}", """[{"sku":1},{"sku":2}]""", true)]
    public void Lists_are_looked_into_one_level_deep_and_have_no_fields(string condition, string list, bool expected) => Check(condition, list, expected);

    [Fact]
    public void Data_that_is_a_list_is_looked_into_too()
    {
        Assert.True(Events.MatchesData("""{"data":{"sku":"x"}}""", """[{"sku":"y"},{"sku":"x"}]"""));
        Assert.True(Events.MatchesData("""{"data.sku":"x"}""", """[{"sku":"y"},{"sku":"x"}]"""));
        Assert.True(Events.MatchesData("""{"data":3}""", "[2,3]"));
    }

    [Fact]
    public void A_dotted_key_asks_the_elements_of_a_list_for_fields_not_the_list()
    {
        Assert.False(Events.MatchesData("""{"data.a.b":{"$exist":false}}""", """{"a":[{"b":1}]}"""));
        Assert.True(Events.MatchesData("""{"data.a.b":{"$exist":false}}""", """{"a":[{"b":1},{}]}"""));
    }

    [Fact]
    public void A_dotted_key_looks_into_lists_on_its_way() =>
        Assert.True(Events.MatchesData("""{"data.orders.items.sku":"x"}""", """{"orders":[{"items":[]},{"items":[{"sku":"x"}]}]}"""));

    private static void Check(string condition, string list, bool expected) =>
        Assert.Equal(expected, Events.MatchesData("{\"data\":{\"a\":" + condition + "}}", "{\"a\":" + list + "}"));
}

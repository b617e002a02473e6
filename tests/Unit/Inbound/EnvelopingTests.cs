using System.Text.Json.Nodes;
using EventMesh.Api.Inbound;
using EventMesh.Domain.Sources;
using Xunit;

namespace EventMesh.Tests.Unit.Inbound;

public class EnvelopingTests
{
    private static readonly SourceVerification Plain = new(VerificationKind.ApiKey, Header: "X-Key");
    private static readonly SourceEnvelope Constant = new(null, new(Value: "t"), null, null);

    [Theory]
    [InlineData("$.a", "text")]
    [InlineData("$.b.c[1]", "2.50")]
    [InlineData("$.b.c[2]", "true")]
    [InlineData("$.list-of_things[0].id", "7")]
    [InlineData("$.b", null)]
    [InlineData("$.b.c", null)]
    [InlineData("$.n", null)]
    [InlineData("$.b.c[9]", null)]
    [InlineData("$.b[0]", null)]
    [InlineData("$.a.x", null)]
    [InlineData("$.none", null)]
    public void A_path_leads_to_a_plain_value_or_to_nothing(string path, string? value)
    {
        using var document = System.Text.Json.JsonDocument.Parse("""{"a":"text","b":{"c":[1,2.50,true]},"n":null,"list-of_things":[{"id":"7"}]}""");
        Assert.True(JsonPlace.IsPath(path));
        Assert.Equal(value, JsonPlace.Text(document.RootElement, path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("a")]
    [InlineData("$a")]
    [InlineData("$.")]
    [InlineData("$..a")]
    [InlineData("$.a[")]
    [InlineData("$.a[-1]")]
    [InlineData("$.a[*]")]
    [InlineData("$.a[1234567]")]
    [InlineData("$.a\n")]
    public void What_is_no_path_is_refused(string path) => Assert.False(JsonPlace.IsPath(path));

    [Fact]
    public void A_path_has_at_most_200_characters()
    {
        Assert.True(JsonPlace.IsPath("$." + new string('a', 198)));
        Assert.False(JsonPlace.IsPath("$." + new string('a', 199)));
    }

    [Fact]
    public void Without_an_id_the_event_is_known_by_time_and_body()
    {
        var timed = new SourceVerification(VerificationKind.Hmac, 60, HmacAlgorithm.Sha256, SignatureEncoding.Hex, "X-Sig", null, "{timestamp}.{body}", "X-Time");
        var first = Id(timed, "{}", ("X-Time", "1"));
        Assert.StartsWith("sha256-", first, StringComparison.Ordinal);
        Assert.Equal(first, Id(timed, "{}", ("X-Time", "1"), ("X-Other", "x")));
        Assert.NotEqual(first, Id(timed, "{}", ("X-Time", "2")));
        Assert.NotEqual(first, Id(timed, "{ }", ("X-Time", "1")));
        Assert.Equal(Id(Plain, "{}", ("X-Time", "1")), Id(Plain, "{}", ("X-Time", "2")));
    }

    [Fact]
    public void An_id_that_an_event_cannot_have_or_that_is_there_twice_is_none()
    {
        var github = new SourceVerification(VerificationKind.Github);
        Assert.Equal("d", Id(github, "{}", ("X-GitHub-Delivery", "d")));
        Assert.StartsWith("sha256-", Id(github, "{}", ("X-GitHub-Delivery", "d"), ("X-GitHub-Delivery", "e")), StringComparison.Ordinal);
        Assert.Equal(new string('d', 1024), Id(github, "{}", ("X-GitHub-Delivery", new string('d', 1024))));
        Assert.StartsWith("sha256-", Id(github, "{}", ("X-GitHub-Delivery", new string('d', 1025))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void JSON_of_more_levels_than_an_event_has_is_kept_as_bytes(int levels, bool isData)
    {
        var made = Event(Plain, new string('[', levels) + new string(']', levels), ("Content-Type", "application/json"));
        Assert.Equal(isData, made.ContainsKey("data"));
        Assert.NotEqual(isData, made.ContainsKey("data_base64"));
    }

    [Theory]
    [InlineData("{} x")]
    [InlineData("{")]
    [InlineData("""{"a":"\ud800"}""")]
    public void What_is_no_JSON_is_kept_as_bytes(string body) => Assert.Equal(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(body)),
        Event(Plain, body, ("Content-Type", "application/json"))["data_base64"]!.GetValue<string>());

    [Fact]
    public void No_body_is_no_data()
    {
        var made = Event(Plain, "", ("Content-Type", "application/json"));
        Assert.False(made.ContainsKey("data") || made.ContainsKey("data_base64"));
    }

    private static string Id(SourceVerification how, string body, params (string, string)[] headers) => Event(how, body, headers)["id"]!.GetValue<string>();

    private static JsonObject Event(SourceVerification how, string body, params (string, string)[] headers)
    {
        var arrived = new Request(how, "", body, DateTimeOffset.UnixEpoch, headers).Arrived;
        using var json = Enveloping.Json(arrived);
        var made = Enveloping.Event("src_1", new("name", "", how, Constant), arrived, json);
        var read = JsonNode.Parse(made.Json.Span)!.AsObject();
        Assert.Equal(("/sources/src_1", "t"), (read["source"]!.GetValue<string>(), read["type"]!.GetValue<string>()));
        return read;
    }
}

using System.Text;
using EventMesh.Delivery.Credentials;
using Xunit;

namespace EventMesh.Tests.Unit.Delivery;

public class AccessTokenTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 1)]
    [InlineData(60, 30)]
    [InlineData(61, 12.2)]
    [InlineData(3600, 720)]
    [InlineData(4500, 900)]
    [InlineData(4501, 900)]
    [InlineData(86400, 900)]
    public void It_is_replaced_a_fifth_before_its_end_at_most_15_minutes_and_half_where_it_lasts_a_minute(double lifetime, double ahead) =>
        Assert.Equal(TimeSpan.FromSeconds(ahead), AccessToken.Ahead(TimeSpan.FromSeconds(lifetime)));

    [Theory]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":60}""", 60)]
    [InlineData("""{"access_token":"t","token_type":"bearer","expires_in":"60"}""", 60)]
    [InlineData("""{"access_token":"t"}""", 3600)]
    [InlineData("""{"access_token":"t","expires_in":null}""", 3600)]
    [InlineData("""{"access_token":"t","expires_in":"soon"}""", 3600)]
    [InlineData("""{"access_token":"t","expires_in":-1}""", 0)]
    [InlineData("""{"access_token":"t","expires_in":1e300}""", 86400)]
    [InlineData("""{"access_token":"t","expires_in":60.5}""", 60.5)]
    public void An_answer_gives_a_token_for_a_time(string answer, double seconds) =>
        Assert.Equal(("t", TimeSpan.FromSeconds(seconds), null), TokenAnswer.Read(200, Encoding.UTF8.GetBytes(answer)));

    [Theory]
    [InlineData(400, """{"error":"invalid_client","error_description":"canary"}""", "answered 400 (invalid_client)")]
    [InlineData(401, """{"error":"canary is not lower case, and no code"}""", "answered 401")]
    [InlineData(400, """{"error":7}""", "answered 400")]
    [InlineData(503, "<html>canary</html>", "answered 503")]
    [InlineData(201, """{"access_token":"canary"}""", "answered 201")]
    [InlineData(200, "canary", "answered with something that is not JSON")]
    [InlineData(200, "[]", "answered without an access_token")]
    [InlineData(200, """{"access_token":""}""", "answered without an access_token")]
    [InlineData(200, """{"access_token":"canary","token_type":"mac"}""", "gave a token that is no bearer token")]
    [InlineData(200, """{"access_token":"canary\r\nX: y"}""", "gave a token that fits into no header")]
    [InlineData(200, "", "answered with something that is not JSON")]
    public void What_went_wrong_is_said_in_words_of_ours(int status, string answer, string error) =>
        Assert.Equal((null, default, error), TokenAnswer.Read(status, Encoding.UTF8.GetBytes(answer)));

    [Fact]
    public async Task Those_who_need_it_at_once_wait_for_one_answer()
    {
        var (place, answer, asked) = (new TokenPlace("sec_1"), new TaskCompletionSource<AccessToken>(), 0);
        var waiting = Enumerable.Range(0, 10).Select(_ => place.Get(At, _ => { asked++; return answer.Task; })).ToArray();
        answer.SetResult(Token("a"));
        Assert.All(await Task.WhenAll(waiting), t => Assert.Equal("a", t.Value));
        Assert.Equal("a", (await place.Get(At.AddSeconds(59), _ => throw new InvalidOperationException())).Value);
        Assert.Equal(1, asked);
        Assert.Equal("b", (await place.Get(At.AddSeconds(60), _ => Task.FromResult(Token("b")))).Value);
    }

    [Fact]
    public async Task A_question_that_breaks_is_asked_again()
    {
        var place = new TokenPlace("sec_1");
        await Assert.ThrowsAsync<TimeoutException>(() => place.Get(At, _ => Task.FromException<AccessToken>(new TimeoutException())));
        Assert.Equal("a", (await place.Get(At, _ => Task.FromResult(Token("a")))).Value);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_at_once_and_its_replacement_not_before_ten_seconds()
    {
        var place = new TokenPlace("sec_1");
        await place.Get(At, refused => Task.FromResult(Token("a") with { AfterRefusal = refused }));
        Assert.True(place.Refused("a", At));
        var next = await place.Get(At, refused => Task.FromResult(Token("b") with { AfterRefusal = refused }));
        Assert.True(next.AfterRefusal);
        // Somebody else's attempt with the old one ended later.
        Assert.True(place.Refused("a", At));
        Assert.False(place.Refused("b", At.AddSeconds(10).AddTicks(-1)));
        Assert.Equal("b", (await place.Get(At.AddSeconds(9), _ => throw new InvalidOperationException())).Value);
        Assert.True(place.Refused("b", At.AddSeconds(10)));
        Assert.False((await place.Get(At.AddSeconds(10), refused => Task.FromResult(Token("c") with { AfterRefusal = !refused }))).AfterRefusal);
    }

    [Fact]
    public void It_is_printed_without_its_value() => Assert.DoesNotContain("canary", $"{Token("canary")}", StringComparison.Ordinal);

    private static AccessToken Token(string value) => new(value, null, At, At.AddSeconds(60), false);
}

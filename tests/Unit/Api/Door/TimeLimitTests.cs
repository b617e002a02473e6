using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Api.Door;

public sealed class TimeLimitTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public async Task A_request_that_takes_longer_than_a_minute_is_given_up()
    {
        var answering = Ask(new DefaultHttpContext(), context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        clock.Advance(TimeLimit.Longest - TimeSpan.FromTicks(1));
        Assert.False(answering.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(Problem.TookTooLong, (await Assert.ThrowsAsync<ProblemException>(() => answering)).Problem);
    }

    [Fact]
    public async Task Whoever_hangs_up_is_not_told_that_it_took_too_long()
    {
        using var hangUp = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = hangUp.Token };
        var answering = Ask(context, c => Task.Delay(Timeout.Infinite, c.RequestAborted));
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        Assert.Equal(hangUp.Token, context.RequestAborted);
    }

    [Fact]
    public async Task A_route_that_streams_has_all_the_time_it_wants()
    {
        var context = new DefaultHttpContext();
        context.SetEndpoint(new Endpoint(null, new(new Streaming()), "feed"));
        var (seen, ended) = (context.RequestAborted, new TaskCompletionSource());
        var answering = Ask(context, c =>
        {
            Assert.Equal(seen, c.RequestAborted);
            return ended.Task;
        });
        clock.Advance(TimeSpan.FromDays(1));
        ended.SetResult();
        await answering;
    }

    private Task Ask(HttpContext context, RequestDelegate handler) => new TimeLimit(handler, clock).Invoke(context);
}

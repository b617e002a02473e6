using System.IO.Pipelines;
using EventMesh.Api.Edge;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace EventMesh.Tests.Unit.Inbound;

public class SlowBodyTests
{
    [Fact]
    public async Task A_body_that_does_not_end_in_time_is_given_up()
    {
        var (pipe, context) = Request();
        await pipe.Writer.WriteAsync("half"u8.ToArray());
        var given = await Assert.ThrowsAsync<ProblemException>(async () => await ReceivedBody.Read(context.Request, 100, TimeSpan.FromMilliseconds(20)));
        Assert.Equal(Problem.Timeout, given.Problem);
    }

    [Fact]
    public async Task A_body_in_pieces_is_read_whole()
    {
        var (pipe, context) = Request();
        await pipe.Writer.WriteAsync("one "u8.ToArray());
        var reading = ReceivedBody.Read(context.Request, 7).AsTask();
        await pipe.Writer.WriteAsync("two"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        using var body = await reading;
        Assert.Equal("one two"u8, body.Bytes.Span);
    }

    [Fact]
    public async Task A_caller_who_leaves_is_not_told_that_it_was_slow()
    {
        var (pipe, context) = Request();
        using var gone = new CancellationTokenSource();
        context.RequestAborted = gone.Token;
        await pipe.Writer.WriteAsync("half"u8.ToArray());
        var reading = ReceivedBody.Read(context.Request, 100).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static (Pipe Pipe, DefaultHttpContext Context) Request()
    {
        var (pipe, context) = (new Pipe(), new DefaultHttpContext());
        context.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        return (pipe, context);
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;
}

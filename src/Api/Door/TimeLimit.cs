using EventMesh.Api.Edge;

namespace EventMesh.Api.Door;

/// <summary>Gives up a request that takes too long, whatever it waits for: nobody may hold what it holds for ever. Routes that stream say so with <see cref="StreamingRoutes.WithoutTimeLimit"/>.</summary>
public sealed class TimeLimit(RequestDelegate next, TimeProvider clock)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public async Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Streaming>() is not null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        var gone = context.RequestAborted;
        using var ending = new CancellationTokenSource(Longest, clock);
        await using (gone.UnsafeRegister(static ending => ((CancellationTokenSource)ending!).Cancel(), ending).ConfigureAwait(false))
        {
            context.RequestAborted = ending.Token;
            try
            {
                await next(context).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested && !gone.IsCancellationRequested)
            {
                throw Problem.TookTooLong.With($"It was given up after {Longest.TotalSeconds} seconds. What it was to write may or may not be stored.");
            }
            finally
            {
                context.RequestAborted = gone;
            }
        }
    }
}

/// <summary>An answer without an end of its own, or one as long as a history.</summary>
public sealed record Streaming;

public static class StreamingRoutes
{
    public static TBuilder WithoutTimeLimit<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Streaming());
}

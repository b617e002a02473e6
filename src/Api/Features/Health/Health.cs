using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using Npgsql;

namespace EventMesh.Api.Features.Health;

/// <summary>Whether this process lives (<c>/healthz</c>), and whether it can serve (<c>/readyz</c>: its database answers).</summary>
public static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public sealed record State(string Status, string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => new State("ok")).WithName("healthz").WithSummary("Whether the process lives").WithTags("Health");
        routes.MapGet("/readyz", Ready).WithName("readyz").WithSummary("Whether the process can serve").WithTags("Health")
            .Produces<State>().Produces<State>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> Ready(Store store, HttpContext context)
    {
        try
        {
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            bounded.CancelAfter(Patience);
            await FeedLease.CheckpointOf(store, "readyz", bounded.Token).WaitAsync(Patience, context.RequestAborted);
            return Results.Ok(new State("ready"));
        }
        catch (Exception failure) when (failure is StoreUnavailable or NpgsqlException or TimeoutException or OperationCanceledException)
        {
            context.Response.Headers.RetryAfter = "2";
            return Results.Json(new State("unavailable", "The event store does not answer."), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}

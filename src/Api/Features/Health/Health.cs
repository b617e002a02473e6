using System.Text.Json.Serialization;
using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;

namespace EventMesh.Api.Features.Health;

/// <summary>Whether this process lives (<c>/healthz</c>), and whether it can serve (<c>/readyz</c>: its database answers).</summary>
public static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="ProjectionsStopped">Names of those that stand at an event which they cannot take in: what they show is of before it, and somebody has to decide. Left out while there is none.</param>
    public sealed record State(
        string Status, string? Reason = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? ProjectionsStopped = null);

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
            var stopped = (await ProjectionReports.Read(store, bounded.Token).WaitAsync(Patience, context.RequestAborted)).Where(r => r.Stopped is not null).Select(r => r.Name).Order(StringComparer.Ordinal).ToArray();
            return Results.Ok(new State("ready", null, stopped.Length == 0 ? null : stopped));
        }
        catch (Exception failure) when (failure is StoreUnavailable or NpgsqlException or TimeoutException or OperationCanceledException)
        {
            context.Response.Headers.RetryAfter = "2";
            return Results.Json(new State("unavailable", "The event store does not answer."), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}

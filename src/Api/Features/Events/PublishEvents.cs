using EventMesh.Api.Description;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Api.Limits;
using EventMesh.EventStore;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Events;

/// <summary>
/// Publishes CloudEvents in any of their three modes. The answer comes after the commit: 202 with the event's id and position, 200 with the first
/// answer for an event that was published before.
/// </summary>
public static class PublishEvents
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";

    public static void Map(RouteGroupBuilder events) => events.MapPost("", Handle)
        .Needs(Permission.PublishEvents).WithName("publishEvents").WithSummary("Publish one event or a batch")
        .WithDescription($"One event as {Structured}, up to {EventLimits.BatchEventsMax} as {Batch}, or one with its attributes in ce-* headers and its data as the body.")
        .WithBody(Structured, JsonSchemaType.Object, "One CloudEvent 1.0: specversion, id, source and type are required.")
        .WithBody(Batch, JsonSchemaType.Array, "CloudEvents, accepted together or refused together.")
        .WithBody("*/*", JsonSchemaType.String, "The data of one CloudEvent whose attributes are in ce-* headers.")
        .WithHeader("Idempotency-Key", "Identifies the event instead of its source and id.")
        .WithHeader("X-Correlation-Id", "Kept with everything that this event leads to; the event's own id without it.")
        .Produces<Answers.Accepted>(StatusCodes.Status202Accepted).Produces<Answers.Accepted>(StatusCodes.Status200OK)
        .WithProblem(StatusCodes.Status413PayloadTooLarge).WithProblem(StatusCodes.Status415UnsupportedMediaType)
        .WithProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task Handle(HttpContext context, Call call, Store store, Limiter limiter)
    {
        var request = context.Request;
        if (Is(request.ContentType, Batch))
        {
            List<CloudEvent> batch;
            using (var body = await ReceivedBody.Read(request, EventLimits.BatchBytesMax).ConfigureAwait(false)) batch = StructuredMode.ReadBatch(body.Bytes);
            if (IdempotencyKey.Of(request) is not null) throw Problem.InvalidRequest.At("Idempotency-Key", "is for one event; the events of a batch have their source and id");
            call.Subject = $"{batch.Count} events";
            var accepted = await Publishing.All(store, limiter, call, batch, context.RequestAborted).ConfigureAwait(false);
            call.Allowance?.WriteTo(context.Response.Headers);
            await Answers.Batch(context.Response, accepted).ConfigureAwait(false);
            return;
        }

        CloudEvent one;
        var structured = Is(request.ContentType, Structured);
        if (!structured && !BinaryMode.Is(request.Headers)) throw NotAnEvent(request.ContentType);
        using (var body = await ReceivedBody.Read(request, EventLimits.EventBytesMax).ConfigureAwait(false))
            one = structured ? StructuredMode.Read(body.Bytes) : BinaryMode.Read(request.Headers, body.Bytes);
        var published = await Publishing.One(store, limiter, call, one, IdempotencyKey.Of(request), context.RequestAborted).ConfigureAwait(false);
        call.Allowance?.WriteTo(context.Response.Headers);
        await Answers.One(context.Response, published).ConfigureAwait(false);
    }

    // A charset is the one parameter that these types are sent with; JSON is UTF-8.
    private static bool Is(string? contentType, string type)
    {
        if (contentType is null || !contentType.StartsWith(type, StringComparison.OrdinalIgnoreCase)) return false;
        if (contentType.Length == type.Length) return true;
        var rest = contentType.AsSpan(type.Length).Trim();
        if (rest[0] != ';') return false;
        var charset = rest[1..].Trim();
        const string name = "charset=";
        if (!charset.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return true;
        return charset[name.Length..].Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? true
            : throw Problem.UnsupportedMediaType.At("Content-Type", "names a charset other than utf-8");
    }

    private static ProblemException NotAnEvent(string? contentType) => Problem.UnsupportedMediaType.At("Content-Type",
        $"must be {Structured} for one event or {Batch} for several; with ce-* headers (ce-specversion, ce-id, ce-source, ce-type) it may be any type, that of the data"
        + (contentType is not null && contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            ? $". If this body is a CloudEvent, send it as {Structured}; if it is the data of one, add the ce-* headers" : ""));
}

using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.Connectors;
using EventMesh.Delivery.Exports;
using EventMesh.Domain;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Exports;

public static class StartExport
{
    public static void Map(RouteGroupBuilder exports) => exports.MapPost("", Handle)
        .Needs(Permission.ExportHistory).WithName("startExport").WithSummary("Export the workspace's history, to be downloaded or into a bucket")
        .WithHeader("Idempotency-Key", "A repeated request with the same key gets the first one's export, for as long as that is kept.")
        .Produces<ExportView>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> Handle(Body<ExportFields> body, Call call, WorkspaceExports exports, AddressGuard guard, HttpContext context)
    {
        var asked = body.Value.Validated(guard);
        if (asked.IncludeData) FeedAsked.MayReadPayloads(call, context);
        if (asked.To.Credential is { } name && call.Workspace.Secrets.GetValueOrDefault(name)?.ActiveAt(call.Now).Any() != true)
            throw Problem.InvalidRequest.At("to.credential", "is no secret of this workspace, or no version of it is active");
        var id = IdempotencyKey.Of(context.Request) is { } key ? call.Subject = Ids.OfExport(key) : call.NewId("exp_");
        var row = await exports.Start(call.Workspace.Id, asked, call.Metadata(id), id, context.RequestAborted)
            ?? throw Problem.Conflict.With($"A workspace has at most {ExportLimits.RunningMax} exports under way and {ExportLimits.KeptMax} that are kept; wait until one has ended, cancel one or delete one.");
        if (JsonSerializer.Serialize(row.Asked, EventTypes.Json) != JsonSerializer.Serialize(asked, EventTypes.Json))
            throw Problem.IdempotencyKeyReused.At("Idempotency-Key", "was used before, for an export that differs from this one");
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/exports/{id}", ExportView.Of(row));
    }
}

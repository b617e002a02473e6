using EventMesh.Api.Description;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Domain.Workspaces;
using EventMesh.Projections.Audit;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Audit;

/// <summary>Everything that happened in a workspace, or in the platform's own history, for those who check it.</summary>
public static class ReadAudit
{
    public static void Map(RouteGroupBuilder workspace, RouteGroupBuilder v1)
    {
        Described(workspace.MapGet("/audit", (Page page, Call call, AuditAnswer answer, HttpContext context) => answer.Write(call, call.Workspace.Id, page, context)))
            .Needs(Permission.ReadAudit).WithName("readAudit").WithSummary("Read everything that happened in the workspace, newest first");
        Described(v1.MapGet("/audit", (Page page, Call call, AuditAnswer answer, HttpContext context) => answer.Write(call, Workspace.PlatformId, page, context)))
            .Needs(Permission.ReadPlatformHistory).WithName("readPlatformAudit").WithSummary("Read everything that happened to the platform itself, newest first");
    }

    private static RouteHandlerBuilder Described(RouteHandlerBuilder route) => route.WithoutTimeLimit().WithPages()
        .WithQuery("actor", JsonSchemaType.String, "Who did it: an id such as key_…, usr_…, sa_…, adm_…; eventmesh for what nobody asked for.")
        .WithQuery("action", JsonSchemaType.String, "Stored names of events, with commas between; with * at its end one stands for all that begin so: connection_*.")
        .WithQuery("resource", JsonSchemaType.String, "What it is about: an id, or the name of a secret.")
        .WithQuery("correlation", JsonSchemaType.String, "The correlation id.")
        .WithQuery("elevation", JsonSchemaType.String, "The elevation under which it was done, elv_….")
        .WithQuery("since", JsonSchemaType.String, "A time (RFC 3339): then or later.")
        .WithQuery("until", JsonSchemaType.String, "A time (RFC 3339): before.")
        .WithQuery("outcome", JsonSchemaType.String, $"One of {string.Join(", ", AuditOutcome.All)}.")
        .WithQuery("min_position", JsonSchemaType.String, $"Waits until the list has taken in this position, {AuditAnswer.Patience.TotalSeconds} s at most.")
        .WithQuery("format", JsonSchemaType.String, "json (a page, the default), or ndjson or csv (everything that matches); Accept says the same.")
        .WithDescription("Auditors alone. A page may be shorter than asked for, even empty, and still go on: next is null at the end. Reading is itself recorded, once an hour.")
        .Produces<Listed<AuditEntry>>(StatusCodes.Status200OK, "application/json", "application/x-ndjson", "text/csv").WithTags("History");
}

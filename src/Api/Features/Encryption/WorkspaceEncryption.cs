using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Encryption;
using EventMesh.EventStore;
using EventMesh.EventStore.Sealing;

namespace EventMesh.Api.Features.Encryption;

/// <summary>The data key of a workspace: which there are, and taking a new one.</summary>
public static class WorkspaceEncryption
{
    public static void Map(RouteGroupBuilder workspace)
    {
        workspace.MapGet("/encryption", Read)
            .Needs(Permission.RotateWorkspaceKey).WithTags("Encryption").WithName("getWorkspaceEncryption").WithSummary("Read a workspace's data keys and how far a rotation has come");
        workspace.MapPost("/encryption/rotate", Rotate)
            .Needs(Permission.RotateWorkspaceKey).WithTags("Encryption").WithName("rotateDataKey").WithSummary("Seal with a new data key from now on, and what is there anew")
            .Produces<WorkspaceEncryptionView>(StatusCodes.Status202Accepted);
    }

    private static Task<WorkspaceEncryptionView> Read(Call call, Store store, HttpContext context)
    {
        call.Subject = Store.DataKeyStream;
        return WorkspaceEncryptionView.Of(store.For(call.Workspace.Id), context.RequestAborted);
    }

    private static async Task<IResult> Rotate(Call call, Store store, HttpContext context)
    {
        call.Subject = Store.DataKeyStream;
        var workspace = store.For(call.Workspace.Id);
        var command = new DataKeysCommand.RotateDataKey(call.Now);
        var decided = await workspace.Decide<DataKeys, DataKeysEvent>(Store.DataKeyStream, Store.DataKeyStream, DataKeys.Initial, DataKeys.Evolve,
            state => DataKeysDecider.Decide(command, state), call.Metadata(), null, context.RequestAborted);
        // Also when it was decided before: whoever decided it may not have come this far.
        if (decided.State is DataKeys.Rotating rotating) await workspace.MakeDataKey(rotating.Current, context.RequestAborted);
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/encryption", await WorkspaceEncryptionView.Of(workspace, context.RequestAborted));
    }
}

using System.Globalization;
using EventMesh.Domain.Workspaces;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Edge;

/// <summary>What may still be done in a workspace that is suspended: reading, and what ends the suspension or the workspace. Whatever is new may not, until it is written here.</summary>
public static class Suspension
{
    private static readonly HashSet<Permission> StillAllowed =
    [
        .. Enum.GetValues<Permission>().Where(p => p.ToString().StartsWith("Read", StringComparison.Ordinal)),
        // The platform's own matters with the workspace.
        Permission.ChangeWorkspaces, Permission.SuspendWorkspaces, Permission.CloseWorkspaces, Permission.RequestElevation, Permission.DecideElevation, Permission.ManageProjections,
        // These read history.
        Permission.RevealRawData, Permission.ExportHistory, Permission.WriteConsumers,
    ];

    public static bool Allows(Permission permission) => StillAllowed.Contains(permission);

    /// <exception cref="ProblemException">403: the workspace is suspended.</exception>
    public static void Refuse(ConfiguredWorkspace workspace)
    {
        if (workspace.Workspace is not Workspace.Open { IsSuspended: true } open) return;
        throw Problem.Suspended.With(open switch
        {
            { Closing: { } closing } => "The workspace is closing: nothing is accepted and nothing is sent, and what is in it is destroyed at "
                + $"{closing.Until.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}. POST /v1/workspaces/{workspace.Id}/close/cancel takes that back. History can be read and exported.",
            _ => $"The workspace is suspended ({open.Suspension!.Reason.ToString().ToLowerInvariant()}): nothing is accepted and nothing is sent, and nothing is lost. "
                + "Ask the platform's admin to resume it. History can be read and exported.",
        });
    }
}

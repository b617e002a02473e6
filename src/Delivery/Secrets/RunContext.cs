using EventMesh.Delivery.Exports;
using EventMesh.Messaging;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Secrets;

/// <summary>
/// Something that runs, and thereby in which workspace. It is made from what runs, never from a workspace's name: whoever asks for a secret cannot choose whose.
/// </summary>
public sealed class RunContext
{
    private RunContext(string workspace, string id) => (Workspace, Id) = (workspace, id);

    public string Workspace { get; }

    /// <summary>A delivery's, a request's or an export's.</summary>
    public string Id { get; }

    /// <summary>An attempt of a delivery.</summary>
    public static RunContext Of(Dispatch dispatch) => new(dispatch.Workspace, dispatch.Delivery);

    /// <summary>A request that was found to belong to a workspace.</summary>
    public static RunContext Of(ConfiguredWorkspace workspace, string request) => new(workspace.Id, request);

    /// <summary>An export that is under way.</summary>
    public static RunContext Of(ExportRow export) => new(export.Workspace, export.Id);

    public override string ToString() => $"{Id} in {Workspace}";
}

using EventMesh.Domain.Log;

namespace EventMesh.Delivery.Log;

/// <summary>Whose logs these are: what the first line of a checkpoint begins with, and the name of the keys.</summary>
/// <param name="Host">Public host, with its port where it has one; <c>eventmesh</c> where none is set.</param>
public sealed record LogOrigin(string Host)
{
    public static LogOrigin Of(string? publicUrl) => new(publicUrl is null ? "eventmesh" : new Uri(publicUrl).Authority);

    /// <param name="workspace">A workspace, or the platform's own.</param>
    public string For(string workspace) => Checkpoint.OriginOf(Host, workspace);
}

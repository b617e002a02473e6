namespace EventMesh.Messaging.RabbitMq;

/// <summary>A message on its way: a dispatch, a body that could not be read, or, when it is neither, the announcement that the workspace is active.</summary>
/// <param name="Number">Its place in the order of puts.</param>
/// <param name="Dispatch">For the workspace's queue.</param>
/// <param name="Unreadable">The body for its dead-letter queue.</param>
internal readonly record struct Outgoing(long Number, string Workspace, Dispatch? Dispatch, byte[]? Unreadable, Batch Batch)
{
    public bool IsAnnouncement => Dispatch is null && Unreadable is null;
}

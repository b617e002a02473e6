namespace EventMesh.Messaging.RabbitMq;

/// <summary>A message on its way to a queue: a dispatch, or a body that could not be read.</summary>
/// <param name="Number">Its place in the order of puts.</param>
/// <param name="Dispatch">Null for what goes to the dead-letter queue.</param>
/// <param name="Unreadable">The body for the dead-letter queue.</param>
internal readonly record struct Outgoing(long Number, string Workspace, Dispatch? Dispatch, byte[]? Unreadable, Batch Batch);

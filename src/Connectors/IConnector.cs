namespace EventMesh.Connectors;

/// <summary>How one kind of target is reached. Thread-safe; one instance serves every workspace.</summary>
public interface IConnector
{
    /// <summary>The connection kind this serves: <c>webhook</c>.</summary>
    string Kind { get; }

    /// <summary>Makes one attempt. Whatever the target does wrong is an <see cref="Outcome.Failed"/>, never an exception.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled: the attempt has no outcome, and the target may have been reached.</exception>
    /// <exception cref="FormatException">The secret is not a signing secret (ours to repair, not the target's).</exception>
    Task<Outcome> Send(Outgoing outgoing, CancellationToken stop);
}

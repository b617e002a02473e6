namespace EventMesh.EventStore.Sealing;

/// <summary>A data key as it is stored.</summary>
/// <param name="MasterKey">The id of the master key that wrapped it.</param>
/// <param name="Bytes">What only that master key opens, for the same workspace and number.</param>
public sealed record WrappedKey(string MasterKey, byte[] Bytes);

/// <summary>
/// The keys that wrap data keys. One is current; the others still unwrap what they wrapped. Who holds them (a file, the environment, a key management service) is a matter of the
/// implementation; a master key itself never leaves it.
/// </summary>
public interface IMasterKeys
{
    /// <summary>The id of the key that wraps now.</summary>
    string Current { get; }

    /// <summary>Wraps a data key of 32 bytes for a workspace and a number, with the current key.</summary>
    /// <exception cref="MasterKeyUnavailable">Whoever holds it does not answer or refuses.</exception>
    Task<WrappedKey> Wrap(byte[] dataKey, string workspace, int number, CancellationToken stop);

    /// <summary>The data key.</summary>
    /// <exception cref="MasterKeyMissing">The master key that wrapped it is not here.</exception>
    /// <exception cref="MasterKeyUnavailable">Whoever holds it does not answer or refuses.</exception>
    /// <exception cref="SealBroken">It was not wrapped by this key, for this workspace and number.</exception>
    Task<byte[]> Unwrap(WrappedKey wrapped, string workspace, int number, CancellationToken stop);

    /// <summary>Looks again which keys there are and which is current.</summary>
    /// <exception cref="MasterKeysRefused">What is there now cannot be used; the keys stay as they were.</exception>
    Task Reload(CancellationToken stop);
}

/// <summary>Master keys cannot be used as they were given. The message is for whoever starts the process, and never holds a key.</summary>
public sealed class MasterKeysRefused(string reason) : Exception(reason);

/// <summary>A data key is wrapped by a master key that this node was not given.</summary>
public sealed class MasterKeyMissing(string id) : Exception(
    $"Master key '{id}' is not among those that this node has. Add it to EVENTMESH_MASTER_KEY_FILE or EVENTMESH_MASTER_KEY, or name it in EVENTMESH_MASTER_KEY_KMS.")
{
    public string Id { get; } = id;
}

/// <summary>Whoever holds a master key did not answer or refused; it may pass.</summary>
public sealed class MasterKeyUnavailable(string id, Exception inner) : Exception($"Master key '{id}' cannot be used now: {inner.Message}", inner);

/// <summary>Sealed bytes do not open: they were changed, or sealed for another workspace, name or version, or with another key.</summary>
public sealed class SealBroken : Exception
{
    internal SealBroken(string workspace, string what, Exception? inner = null) : base($"The seal of {what} in workspace {workspace} is broken: it does not open.", inner) => Workspace = workspace;

    /// <summary>Something that another component sealed, with a key of its own, does not open.</summary>
    /// <param name="what">Such as <c>exports/exp_… 3</c>.</param>
    public static SealBroken Of(string workspace, string what) => new(workspace, what);

    /// <summary>A wrapped data key does not open.</summary>
    public static SealBroken Of(string workspace, int number, Exception why) => new(workspace, $"data key {number}", why);

    /// <summary>The same again, for whoever comes to it now.</summary>
    internal SealBroken(SealBroken found) : base(found.Message, found) => Workspace = found.Workspace;

    public string Workspace { get; }
}

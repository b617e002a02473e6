namespace EventMesh.EventStore.Sealing;

/// <summary>Master keys from text, such as an environment variable: <c>id:base64 of 32 bytes</c>, several separated by commas, the first of them current. They stay as they are for as long as the process runs.</summary>
public sealed class GivenMasterKeys : IMasterKeys
{
    private readonly MasterKeyRing ring;

    /// <param name="from">What the text is called, for messages.</param>
    /// <exception cref="MasterKeysRefused">It is not such a text.</exception>
    public GivenMasterKeys(string text, string from) => ring = MasterKeyRing.Parse(text.Split(','), from);

    public string Current => ring.Current;

    public Task<WrappedKey> Wrap(byte[] dataKey, string workspace, int number, CancellationToken stop) => Task.FromResult(ring.Wrap(dataKey, workspace, number));

    public Task<byte[]> Unwrap(WrappedKey wrapped, string workspace, int number, CancellationToken stop) => Task.FromResult(ring.Unwrap(wrapped, workspace, number));

    public Task Reload(CancellationToken stop) => Task.CompletedTask;
}

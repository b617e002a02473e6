using EventMesh.Connectors;
using EventMesh.Delivery.Log;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventMesh.Tests.Integration.Log;

/// <summary>A node that signs: what one process remembers, and no more.</summary>
internal sealed class Signing(Store store, TimeProvider? clock = null)
{
    public static readonly LogOrigin Origin = new("mesh.example");

    public LogKeyring Keyring { get; } = new(store, Origin, clock ?? TimeProvider.System);
    public LogSigner Signer => signer ??= new(Keyring, clock ?? TimeProvider.System);
    public CheckpointSigner Checkpoints => checkpoints ??= new(store, Signer, Origin, clock ?? TimeProvider.System, NullLogger<CheckpointSigner>.Instance);

    private LogSigner? signer;
    private CheckpointSigner? checkpoints;

    /// <summary>Signs, and reads what was signed last.</summary>
    public async Task<LogHead> Sign(string workspace)
    {
        await Checkpoints.Sign([workspace], default);
        return (await LogHead.Read(store.For(workspace)))!;
    }

    /// <summary>The names of the keys of the platform that signed a note, oldest first.</summary>
    public async Task<string[]> SignersOf(string note)
    {
        var keys = await Keyring.Keys(default);
        var trusted = keys.Keys.Select(k => NoteKey.Parse(k.VerifierKey)).ToArray();
        var signed = SignedNote.Parse(note).Verify(trusted, (key, message, signature) => Ed25519.Verify(key, message, signature));
        return [.. keys.Keys.Where(k => signed.Any(s => s.ToString() == k.VerifierKey)).Select(k => k.Id)];
    }
}

/// <summary>A clock that is moved by hand.</summary>
internal sealed class MovedClock : TimeProvider
{
    private TimeSpan ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    public override long GetTimestamp() => base.GetTimestamp() + (long)(ahead.TotalSeconds * TimestampFrequency);
    public void Move(TimeSpan by) => ahead += by;
}

using EventMesh.Domain.Log;

namespace EventMesh.Delivery.Log;

/// <summary>Signs what the platform vouches for, checkpoints and receipts, with its key; for a while after a rotation with the key before it too.</summary>
public sealed class LogSigner(LogKeyring keyring, TimeProvider clock)
{
    /// <summary>A signed note (https://c2sp.org/signed-note) of the text.</summary>
    /// <param name="text">Lines, each ended by a newline; no other control character.</param>
    /// <exception cref="EventStore.StoreUnavailable">The key cannot be read now.</exception>
    public async ValueTask<SignedNote> Sign(string text, CancellationToken stop)
    {
        var (keys, now) = (await keyring.Keys(stop).ConfigureAwait(false), clock.GetUtcNow());
        SignedNote? note = null;
        foreach (var key in keys.Keys.Where(k => k.SignsAt(now)).Reverse())
        {
            var (name, sign) = (NoteKey.Parse(key.VerifierKey), await keyring.SignerOf(key, stop).ConfigureAwait(false));
            note = note?.And(name, sign) ?? SignedNote.Sign(text, name, sign);
        }
        return note ?? throw new InvalidOperationException("No key signs.");
    }

    /// <summary>Whether a note is one that a key of the platform, current or former, has signed.</summary>
    /// <exception cref="FormatException">It is no note, or a signature in it is false.</exception>
    public async ValueTask<bool> IsOurs(SignedNote note, CancellationToken stop)
    {
        var keys = await keyring.Keys(stop).ConfigureAwait(false);
        return note.Verify(keys.Keys.Select(k => NoteKey.Parse(k.VerifierKey)), (key, message, signature) => Connectors.Ed25519.Verify(key, message, signature)).Count > 0;
    }
}

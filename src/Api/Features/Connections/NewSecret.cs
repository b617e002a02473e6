using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Delivery;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Connections;

/// <summary>A signing secret that is about to be: made here, or brought along by the caller.</summary>
/// <param name="PublicKey">What receivers verify with when the scheme is Ed25519, whose private half stays here; else null.</param>
public sealed record NewSecret(SigningScheme Scheme, string? PublicKey)
{
    private const int HmacKeyBytes = 32;

    private string Value { get; init; } = "";

    /// <summary>For its owner's eyes, once: the shared secret, or null when there is a public key instead.</summary>
    public string? Shown => PublicKey is null ? Value : null;

    /// <param name="scheme"><c>hmac</c> or <c>ed25519</c>; null for <paramref name="otherwise"/>.</param>
    /// <param name="brought">A <c>whsec_…</c> of the caller's, or null.</param>
    public static NewSecret Of(string? scheme, string? brought, SigningScheme otherwise, Checks checks)
    {
        var wanted = scheme switch { null => brought is null ? otherwise : SigningScheme.Hmac, "hmac" => SigningScheme.Hmac, "ed25519" => SigningScheme.Ed25519, _ => (SigningScheme?)null };
        if (!checks.That(wanted is not null, "scheme", "must be hmac or ed25519")) return new(SigningScheme.Hmac, null);
        if (wanted == SigningScheme.Ed25519)
        {
            checks.That(brought is null, "secret", "cannot be brought for ed25519: the key is made here, and its private half never leaves");
            if (!checks.That(Ed25519.IsSupported, "scheme", "cannot be ed25519 on this server: it has no OpenSSL 1.1.1 or newer")) return new(SigningScheme.Ed25519, null);
            var (privateKey, publicKey) = SigningKey.NewPair(RandomNumberGenerator.GetBytes(Ed25519.SeedBytes));
            return new(SigningScheme.Ed25519, publicKey) { Value = privateKey };
        }
        checks.That(brought is null || SigningKey.IsHmacSecret(brought), "secret", $"must be {Signing.SecretPrefix} and the base64 of {Signing.KeyBytesMin} to {Signing.KeyBytesMax} bytes");
        return new(SigningScheme.Hmac, null) { Value = brought ?? Signing.NewSecret(RandomNumberGenerator.GetBytes(HmacKeyBytes)) };
    }

    /// <summary>Keeps it. Before the event that names it: a crash in between leaves a secret that nobody uses, not a connection that cannot sign.</summary>
    public Task Keep(WorkspaceStore workspace, string connection, string id, DateTimeOffset at, CancellationToken stop) =>
        workspace.PutSecret(SigningSecrets.NameOf(connection, id), Encoding.UTF8.GetBytes(Value), at, stop);

    /// <summary>Without the value, wherever it may be printed.</summary>
    public override string ToString() => $"NewSecret {Scheme}";
}

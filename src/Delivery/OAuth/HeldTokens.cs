using System.Text.Json;
using EventMesh.Connectors.OAuth;

namespace EventMesh.Delivery.OAuth;

/// <summary>What is sealed of a connection's tokens: they, and what is needed to renew and give them back when the connection itself is gone.</summary>
/// <param name="Parameters">The values that filled the provider's addresses.</param>
/// <param name="ClientId">The app that they were given to.</param>
public sealed record SealedTokens(TokenSet Tokens, IReadOnlyDictionary<string, string> Parameters, string ClientId)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static SealedTokens FromBytes(byte[] bytes) => JsonSerializer.Deserialize<SealedTokens>(bytes) ?? throw new JsonException("Sealed tokens are null.");

    public override string ToString() => $"SealedTokens of {ClientId}";
}

/// <summary>The tokens of one connection, as the database has them.</summary>
/// <param name="Generation">Counts token sets: renewing one makes the next.</param>
/// <param name="AuthorizedAt">When a person allowed it; the connection's credential is active since then.</param>
/// <param name="DueAt">When they are to be renewed, or given back; null: never.</param>
/// <param name="Ended">They are used no more, and are to be given back.</param>
/// <param name="Failures">In a row, of what was due.</param>
public sealed record HeldTokens(
    string Workspace, string Connection, string Provider, long Generation, SealedTokens Sealed, DateTimeOffset AuthorizedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? DueAt, bool Ended, int Failures, DateTimeOffset? FailingSince)
{
    public TokenSet Tokens => Sealed.Tokens;

    public override string ToString() => $"tokens {Generation} of {Connection} in {Workspace}";
}

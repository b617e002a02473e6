using System.Text.Json;

namespace EventMesh.Api.OAuth;

/// <summary>What a person was sent to a provider with, and comes back to.</summary>
/// <param name="By">The actor who asked for it; of a connect session, the actor who made that.</param>
/// <param name="Session">The connect session it was begun in; null: an API call.</param>
public sealed record AskedAuthorization(string Workspace, string Connection, string Provider, string By, string? Session, AskedAuthorization.Details Asked)
{
    /// <summary>Sealed: the verifier proves that we asked.</summary>
    /// <param name="Redirect">Exactly what the provider was told, and is told again with the code.</param>
    /// <param name="Cookie">SHA-256 of the cookie that the browser has to bring; null where any may come back.</param>
    /// <param name="Issuer">What <c>iss</c> has to be; null when the provider says none.</param>
    /// <param name="Elevation">Under which an admin asked; null for everybody else.</param>
    public sealed record Details(
        string? Verifier, Uri Redirect, string ClientId, IReadOnlyList<string> Scopes, IReadOnlyDictionary<string, string> Parameters, string? Issuer, bool IssuerRequired, string? Cookie, string? ReturnTo,
        string? Elevation = null)
    {
        public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

        public static Details FromBytes(byte[] bytes) => JsonSerializer.Deserialize<Details>(bytes) ?? throw new JsonException("The details of an authorization are null.");

        public override string ToString() => $"authorization with {ClientId}";
    }
}

using EventMesh.Connectors;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Delivery.Credentials;

/// <summary>
/// What a connection's requests carry: its credential, by the authorizer of its kind, and its secret headers. A credential that is not active makes no request at all:
/// without it the target would get what it was to get from us alone.
/// </summary>
public sealed class Authorizers(CredentialValues values, IEnumerable<IAuthorizer> authorizers)
{
    private readonly Dictionary<CredentialKind, IAuthorizer> byKind = authorizers.SelectMany(a => a.Kinds.Select(k => (k, a))).ToDictionary(p => p.k, p => p.a);

    /// <param name="for">Id of what is sent, such as a delivery.</param>
    public async ValueTask<Authorized> Authorize(string workspace, string connection, Connection.Enabled state, string @for, CancellationToken stop)
    {
        if (Unusable(state.Credential) is { } unusable) return unusable;
        var authorized = state.Credential.Public.Kind == CredentialKind.None
            ? new Authorized.Ready(Authorization.None)
            : await byKind[state.Credential.Public.Kind].Authorize(new(workspace, connection, state.Credential, @for), stop).ConfigureAwait(false);
        if (authorized is not Authorized.Ready ready || state.Config.SecretHeaders is not { Count: > 0 } secret) return authorized;

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, id) in secret)
        {
            if (await values.OfHeader(workspace, connection, id, @for, stop).ConfigureAwait(false) is not { } value)
                return new Authorized.Unusable(Failure.CredentialUnavailable, $"the value of the header {name} is not kept any more");
            headers[name] = value;
        }
        return new Authorized.Ready(ready.Authorization.With(headers));
    }

    /// <summary>Told when the target answered 401.</summary>
    /// <returns>Whether the next attempt will carry something else.</returns>
    public bool Refused(string workspace, string connection, Connection.Enabled state, string @for, Authorization shown) =>
        byKind.GetValueOrDefault(state.Credential.Public.Kind)?.Refused(new(workspace, connection, state.Credential, @for), shown) ?? false;

    private static Authorized.Unusable? Unusable(HeldCredential credential) => credential.Status switch
    {
        CredentialStatus.Active => null,
        CredentialStatus.Revoked => new(Failure.CredentialRevoked, "the connection's credential was revoked"),
        CredentialStatus.NeedsAttention => new(Failure.CredentialUnauthorized, "the connection has to be authorized again"),
        CredentialStatus.Unauthorized => new(Failure.CredentialUnauthorized, "nobody has authorized the connection yet"),
        _ => throw new InvalidOperationException($"No decision for {credential.Status}."),
    };
}

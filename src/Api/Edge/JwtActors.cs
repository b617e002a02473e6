using EventMesh.Api.Issuing;
using EventMesh.Api.Jose;
using EventMesh.Api.Trust;

namespace EventMesh.Api.Edge;

/// <summary>
/// Whose a signed token is, by the issuer it names. What it names is only believed as far as to choose the keys it is checked with, and those are of one issuer
/// that a workspace has or that the workspace in the route trusts: no token is ever checked with a key of another workspace.
/// </summary>
public sealed class JwtActors(OwnIssuer own, TrustedTokens trusted)
{
    /// <summary>Whether a bearer token has the form of a JWT.</summary>
    public static bool IsJwt(ReadOnlySpan<char> token) => token.Count('.') == 2;

    /// <param name="workspace">The workspace that the route names; null when it names none.</param>
    /// <exception cref="ProblemException">503: it cannot be told, because the provider does not answer.</exception>
    public ValueTask<Presented> Find(string token, string? workspace, CancellationToken stop)
    {
        if (workspace is not null && own.Recall(workspace, token) is { } recalled) return new(recalled);
        if (!Jws.TryRead(token, out var unverified, out var refusal) || !Claims.TryRead(unverified.Payload, out var claims, out refusal)) return new(Presented.Refused(refusal));
        if (claims.Text("iss") is not { } issuer) return new(Presented.Refused(TokenRefusal.IssuerWrong));
        // A token of another workspace's own issuer is somebody's, and is told the same as another workspace's key.
        if (own.WorkspaceOf(issuer) is { } claimed) return own.Find(claimed, token, stop);
        return workspace is null ? new(Presented.Refused(TokenRefusal.IssuerUntrusted)) : trusted.Find(workspace, issuer, unverified, claims, stop);
    }
}

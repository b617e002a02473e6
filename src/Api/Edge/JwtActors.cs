using EventMesh.Api.Jose;
using EventMesh.Api.Trust;

namespace EventMesh.Api.Edge;

/// <summary>
/// Whose a signed token is, by the issuer it names. What it names is only believed as far as to choose the keys it is checked with, and those are of one issuer
/// that the workspace in the route has or trusts: no token is ever checked with a key of another workspace.
/// </summary>
public sealed class JwtActors(TrustedTokens trusted)
{
    /// <summary>Whether a bearer token has the form of a JWT.</summary>
    public static bool IsJwt(ReadOnlySpan<char> token) => token.Count('.') == 2;

    /// <param name="workspace">The workspace that the route names; null when it names none.</param>
    /// <exception cref="ProblemException">503: it cannot be told, because the provider does not answer.</exception>
    public async ValueTask<Presented> Find(string token, string? workspace, CancellationToken stop)
    {
        if (!Jws.TryRead(token, out var unverified, out var refusal) || !Claims.TryRead(unverified.Payload, out var claims, out refusal)) return Presented.Refused(refusal);
        if (claims.Text("iss") is not { } issuer) return Presented.Refused(TokenRefusal.IssuerWrong);
        if (workspace is null) return Presented.Refused(TokenRefusal.IssuerUntrusted);
        return await trusted.Find(workspace, issuer, unverified, claims, stop).ConfigureAwait(false);
    }
}

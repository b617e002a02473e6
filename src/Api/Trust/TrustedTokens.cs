using EventMesh.Api.Edge;
using EventMesh.Api.Jose;
using EventMesh.Domain;
using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Trust;

/// <summary>Whose the tokens of identity providers are that a workspace trusts.</summary>
public sealed class TrustedTokens(IndexFollower index, ProviderKeys keys, TimeProvider clock)
{
    /// <summary>Of <c>sub</c> (OpenID Connect Core §2).</summary>
    public const int SubjectCharsMax = 255;

    // Tokens for something else (logout, events, proofs) are signed by the same keys: RFC 8725 §3.11.
    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt", "application/jwt"];

    /// <param name="workspace">The one in the route: its provider by this issuer is asked, and no other's.</param>
    /// <param name="token">Read, and not checked.</param>
    /// <param name="claims">What it claims.</param>
    /// <exception cref="ProblemException">503: there are no keys to check it with, and the provider does not answer.</exception>
    public async ValueTask<Presented> Find(string workspace, string issuer, Jws token, Claims claims, CancellationToken stop)
    {
        if (index.Index.Find(workspace)?.Providers.Of(issuer) is not var (id, settings)) return Presented.Refused(TokenRefusal.IssuerUntrusted);
        // Before the signature, because it costs no call to the provider: nothing of the outcome is told.
        if (Unfit(token, claims, settings) is { } unfit) return Presented.Refused(unfit);
        if (await Unsigned((workspace, id), token, settings, stop).ConfigureAwait(false) is { } unsigned) return Presented.Refused(unsigned);
        return Owner(workspace, id, settings, claims);
    }

    private TokenRefusal? Unfit(Jws token, Claims claims, ProviderSettings settings)
    {
        if (token.Header.Type is { } type && !Types.Contains(type, StringComparer.OrdinalIgnoreCase)) return TokenRefusal.TypeRefused;
        if (!JwsAlgorithms.Named(settings.Algorithms).HasFlag(token.Header.Algorithm)) return TokenRefusal.AlgorithmRefused;
        return claims.Check(settings.Issuer, settings.Audiences, clock.GetUtcNow());
    }

    private async ValueTask<TokenRefusal?> Unsigned((string Workspace, string Provider) of, Jws token, ProviderSettings settings, CancellationToken stop)
    {
        var allowed = JwsAlgorithms.Named(settings.Algorithms);
        var known = await keys.Get(of, settings.Issuer, stop).ConfigureAwait(false) ?? throw Problem.ProviderUnavailable.With("Whose this token is cannot be told at the moment; try again.");
        var refusal = token.Verify(known, allowed);
        if (refusal is null || !MayBeNew(refusal.Value, token)) return refusal;
        var newer = await keys.GetNewer(of, settings.Issuer, known, stop).ConfigureAwait(false);
        return newer is null ? TokenRefusal.KeysUnavailable : ReferenceEquals(newer, known) ? refusal : token.Verify(newer, allowed);
    }

    /// <summary>Whether a key that the provider has begun to use since could change the answer.</summary>
    private static bool MayBeNew(TokenRefusal refusal, Jws token) =>
        refusal is TokenRefusal.KeyUnknown or TokenRefusal.KeyUnfit || (refusal == TokenRefusal.SignatureWrong && token.Header.Kid is null);

    private Presented Owner(string workspace, string provider, ProviderSettings settings, Claims claims)
    {
        if (!TenantFits(claims, settings.Tenant, workspace)) return Presented.Refused(TokenRefusal.TenantWrong);
        if (claims.Text("sub") is not { Length: > 0 and <= SubjectCharsMax } subject) return Presented.Refused(TokenRefusal.SubjectMissing);
        // What the workspace says of a member comes on top of what the provider's claims map to.
        var member = index.Index.Find(workspace)?.Members.Of(workspace, provider, subject);
        var roles = MappedRoles.Of(claims, settings.Mapping) | (member?.Roles ?? Role.None);
        return roles == Role.None ? Presented.Refused(TokenRefusal.RolesMissing) : new(new Actor.Tenant(workspace, member?.Id ?? Ids.OfSubject(workspace, settings.Issuer, subject), roles));
    }

    private static bool TenantFits(Claims claims, TenantCheck tenant, string workspace) => MappedRoles.At(claims, tenant.Claim) is { } found
        ? found.ValueKind == System.Text.Json.JsonValueKind.String && string.Equals(found.GetString(), tenant.Value ?? workspace, StringComparison.Ordinal)
        : !tenant.Required;
}

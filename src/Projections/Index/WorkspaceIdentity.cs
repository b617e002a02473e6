using System.Collections.Immutable;
using EventMesh.Domain.Identity;

namespace EventMesh.Projections.Index;

/// <summary>Who a workspace's issuer vouches for, and with which keys. Never changed: a later moment is another one.</summary>
public sealed record WorkspaceIdentity(Issuer Issuer, ImmutableDictionary<string, ServiceAccount.Present> Accounts)
{
    public static readonly WorkspaceIdentity Empty = new(Issuer.Initial, ImmutableDictionary<string, ServiceAccount.Present>.Empty);

    private const int LookAtLeast = 256;

    private ImmutableDictionary<string, DateTimeOffset> revoked = ImmutableDictionary<string, DateTimeOffset>.Empty;
    private int lookAgainAt = LookAtLeast;

    /// <param name="jti">A token's id.</param>
    public bool IsRevoked(string jti) => revoked.ContainsKey(jti);

    internal WorkspaceIdentity Apply(string stream, object happened) => happened switch
    {
        IssuerEvent issuer => this with { Issuer = Issuer.Evolve(Issuer, issuer) },
        ServiceAccountEvent account => ServiceAccount.Evolve(Accounts.GetValueOrDefault(stream) ?? ServiceAccount.Initial, account) is ServiceAccount.Present present
            ? this with { Accounts = Accounts.SetItem(stream, present) } : this with { Accounts = Accounts.Remove(stream) },
        IssuedTokenEvent.TokenRevoked token => Revoked(stream, token),
        _ => this,
    };

    /// <summary>Only those that have not expired are kept: it looks for others whenever there are twice as many as it left the last time.</summary>
    private WorkspaceIdentity Revoked(string jti, IssuedTokenEvent.TokenRevoked token)
    {
        var now = revoked.SetItem(jti, token.ExpiresAt);
        if (now.Count < lookAgainAt) return this with { revoked = now };
        now = now.RemoveRange(now.Where(r => r.Value + TokenLifetime.Skew < token.At).Select(r => r.Key));
        return this with { revoked = now, lookAgainAt = Math.Max(LookAtLeast, now.Count * 2) };
    }
}

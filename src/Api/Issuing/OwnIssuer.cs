using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Api.Jose;
using EventMesh.Domain.Access;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Issuing;

/// <summary>Who acts with a token that a workspace's own issuer made.</summary>
public sealed class OwnIssuer(OwnTokens tokens, PublicAddress address, IndexFollower index)
{
    private const int UnknownMax = 4_096;
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    // What the index did not know when it held everything, it never will: the key and the account of a token are older than the token.
    private readonly ConcurrentDictionary<string, byte> unknown = new(StringComparer.Ordinal);

    /// <summary>The workspace whose issuer a token claims to be from; null when it claims none of ours.</summary>
    public string? WorkspaceOf(string issuer) => address.WorkspaceOf(issuer);

    /// <summary>By a token that was here before.</summary>
    public Presented? Recall(string workspace, ReadOnlySpan<char> token) =>
        index.Index.Find(workspace) is { } known && tokens.Recall(known, token) is { } recalled ? Of(workspace, recalled.Token, recalled.Roles) : null;

    /// <param name="workspace">What <see cref="WorkspaceOf"/> gave.</param>
    public async ValueTask<Presented> Find(string workspace, string token, CancellationToken stop)
    {
        var found = Check(workspace, token);
        if (found.Refusal is not (TokenRefusal.KeyUnknown or TokenRefusal.SubjectMissing)) return found;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (unknown.ContainsKey(digest)) return found;
        await index.Fresh(LookTimeout, stop).ConfigureAwait(false);
        found = Check(workspace, token);
        if (found.Actor is not null) return found;
        if (unknown.Count >= UnknownMax) unknown.Clear();
        unknown[digest] = 0;
        return found;
    }

    private Presented Check(string workspace, string token)
    {
        if (index.Index.Find(workspace) is not { } known) return Presented.Refused(TokenRefusal.KeyUnknown);
        return tokens.Check(known, token, out var verified, out var roles) is { } refusal ? Presented.Refused(refusal) : Of(workspace, verified!, roles);
    }

    private static Presented Of(string workspace, VerifiedToken token, Role roles) => new(new Actor.Tenant(workspace, token.Subject, roles));
}

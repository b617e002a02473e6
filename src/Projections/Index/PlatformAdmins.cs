using System.Collections.Concurrent;
using EventMesh.Domain.Access;

namespace EventMesh.Projections.Index;

/// <summary>The platform's admins, by the SHA-256 of their tokens. The one whose token the settings give is none of them.</summary>
public sealed class PlatformAdmins
{
    private readonly ConcurrentDictionary<string, string> ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> digests = new(StringComparer.Ordinal);

    /// <summary>The id, <c>adm_…</c>, of the admin whose token has this SHA-256 (hex, lower case); null when nobody's, or removed.</summary>
    public string? OwnerOf(string sha256) => ids.GetValueOrDefault(sha256);

    /// <summary>Whether an admin with this id is there.</summary>
    public bool Has(string id) => digests.ContainsKey(id);

    public int Count => digests.Count;

    internal void Apply(string id, PlatformAdminEvent happened)
    {
        switch (happened)
        {
            case PlatformAdminEvent.PlatformAdminAdded added:
                digests[id] = added.Sha256;
                ids[added.Sha256] = id;
                break;
            case PlatformAdminEvent.PlatformAdminRemoved when digests.TryRemove(id, out var digest):
                ids.TryRemove(digest, out _);
                break;
        }
    }
}

using System.Collections.Concurrent;
using EventMesh.Domain.Access;
using EventMesh.Domain.Keys;

namespace EventMesh.Projections.Index;

/// <summary>Whose the API keys are, by their SHA-256: a lookup by digest tells by its time nothing about the key.</summary>
internal sealed class ApiKeys
{
    private readonly ConcurrentDictionary<string, KeyOwner> owners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Workspace, string Key), string> digests = new();

    public KeyOwner? OwnerOf(string sha256) => owners.GetValueOrDefault(sha256);

    /// <summary>What a key may do; null when there is no such key, or no longer.</summary>
    public Role? RolesOf(string workspace, string key) => digests.TryGetValue((workspace, key), out var digest) ? owners.GetValueOrDefault(digest)?.Roles : null;

    public void Forget(string workspace)
    {
        foreach (var (key, digest) in digests.Where(d => d.Key.Workspace == workspace))
        {
            owners.TryRemove(digest, out _);
            digests.TryRemove(key, out _);
        }
    }

    public void Apply(string workspace, string stream, ApiKeyEvent happened)
    {
        switch (happened)
        {
            case ApiKeyEvent.ApiKeyIssued issued:
                digests[(workspace, stream)] = issued.Sha256;
                owners[issued.Sha256] = new(workspace, stream, issued.Roles is { } roles ? RoleNames.Stored(roles) : Role.All);
                break;
            case ApiKeyEvent.ApiKeyRolesChanged changed when digests.TryGetValue((workspace, stream), out var digest):
                owners[digest] = new(workspace, stream, RoleNames.Stored(changed.Roles));
                break;
            case ApiKeyEvent.ApiKeyRevoked when digests.TryRemove((workspace, stream), out var digest):
                owners.TryRemove(digest, out _);
                break;
        }
    }
}

/// <param name="KeyId">The key's id, <c>key_…</c>.</param>
public sealed record KeyOwner(string Workspace, string KeyId, Role Roles = Role.All);

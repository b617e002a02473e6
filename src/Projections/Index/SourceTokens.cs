using System.Collections.Concurrent;
using EventMesh.Domain.Sources;

namespace EventMesh.Projections.Index;

/// <summary>Whose the tokens of receiving addresses are, by their SHA-256: a lookup by digest tells by its time nothing about the token.</summary>
internal sealed class SourceTokens
{
    private readonly ConcurrentDictionary<string, SourceOwner> owners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SourceOwner, string> digests = new();

    public SourceOwner? OwnerOf(string sha256) => owners.GetValueOrDefault(sha256);

    public void Forget(string workspace)
    {
        foreach (var owner in digests.Keys.Where(o => o.Workspace == workspace)) Set(owner, null);
    }

    public void Apply(string workspace, string stream, SourceEvent happened)
    {
        var owner = new SourceOwner(workspace, stream);
        switch (happened)
        {
            case SourceEvent.SourceCreated created: Set(owner, created.Settings.TokenSha256); break;
            case SourceEvent.SourceChanged changed: Set(owner, changed.Settings.TokenSha256); break;
            case SourceEvent.SourceDeleted: Set(owner, null); break;
        }
    }

    private void Set(SourceOwner owner, string? sha256)
    {
        if (digests.TryGetValue(owner, out var former))
        {
            if (former == sha256) return;
            owners.TryRemove(former, out _);
            digests.TryRemove(owner, out _);
        }
        if (sha256 is null) return;
        owners[sha256] = owner;
        digests[owner] = sha256;
    }
}

/// <param name="SourceId">The source's id, <c>src_…</c>.</param>
public sealed record SourceOwner(string Workspace, string SourceId);

using System.Collections.Concurrent;

namespace EventMesh.Api.Issuing;

/// <summary>Tokens whose signature was found right, by workspace and digest. Bounded: those of two generations are kept, and one that is used passes into the younger.</summary>
internal sealed class RememberedTokens
{
    public const int GenerationMax = 8_192;

    private ConcurrentDictionary<(string Workspace, UInt128 Digest), VerifiedToken> young = new();
    private ConcurrentDictionary<(string Workspace, UInt128 Digest), VerifiedToken> old = new();

    public VerifiedToken? Find(string workspace, UInt128 digest)
    {
        if (young.TryGetValue((workspace, digest), out var token)) return token;
        if (!old.TryGetValue((workspace, digest), out token)) return null;
        Add(workspace, digest, token);
        return token;
    }

    public void Add(string workspace, UInt128 digest, VerifiedToken token)
    {
        // Two that find it full at once drop a generation too many; both are only ever a shortcut.
        if (young.Count >= GenerationMax) (old, young) = (young, new());
        young[(workspace, digest)] = token;
    }
}

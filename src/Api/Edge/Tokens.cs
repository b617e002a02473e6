using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Edge;

/// <summary>Finds out whose a bearer token is.</summary>
public sealed class Tokens(AdminToken admin, IndexFollower index, JwtActors signed)
{
    public const string KeyPrefix = "emk_";
    private const int TokenCharsMax = 512;
    private const int UnknownMax = 4_096;
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    // A digest that was nobody's when it was asked for is nobody's for ever, because tokens are made here of 190 random bits: guessing costs the database nothing.
    private readonly ConcurrentDictionary<string, byte> unknown = new(StringComparer.Ordinal);

    /// <param name="authorization">The request's header.</param>
    /// <param name="workspace">The workspace that the route names, by which signed tokens are judged; null when it names none.</param>
    public ValueTask<Presented> Find(string? authorization, string? workspace, CancellationToken stop)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return default;
        var token = authorization.AsSpan(scheme.Length).Trim();
        if (token.Length is 0 or > TokenCharsMax) return JwtActors.IsJwt(token) ? signed.Find(token.ToString(), workspace, stop) : default;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Digest(token, digest);
        if (admin.Is(digest)) return new(new Presented(new Actor.Admin()));
        // After the admin's, which may have any form that the settings give it.
        if (JwtActors.IsJwt(token)) return signed.Find(token.ToString(), workspace, stop);
        if (!token.StartsWith(KeyPrefix) && !token.StartsWith(AdminToken.Prefix)) return default;
        var sha256 = Convert.ToHexStringLower(digest);
        return Known(sha256) is { } actor ? new(new Presented(actor)) : new(Look(sha256, stop));
    }

    public static string Sha256(string token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Digest(token, digest);
        return Convert.ToHexStringLower(digest);
    }

    private Actor? Known(string sha256) =>
        index.Index.OwnerOf(sha256) is { } owner ? new Actor.Tenant(owner.Workspace, owner.KeyId, owner.Roles)
        : index.Index.Admins.OwnerOf(sha256) is { } admin ? new Actor.Admin(admin)
        : null;

    /// <summary>The token may have been issued by another node a moment ago.</summary>
    private async Task<Presented> Look(string sha256, CancellationToken stop)
    {
        if (unknown.ContainsKey(sha256)) return default;
        await index.Fresh(LookTimeout, stop).ConfigureAwait(false);
        if (Known(sha256) is { } actor) return new(actor);
        if (unknown.Count >= UnknownMax) unknown.Clear();
        unknown[sha256] = 0;
        return default;
    }

    private static void Digest(ReadOnlySpan<char> token, Span<byte> digest)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(TokenCharsMax)];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], digest);
    }
}

internal static class FreshIndex
{
    /// <summary>Waits until the index holds what was stored before this call.</summary>
    /// <exception cref="StoreUnavailable">It does not get there in time.</exception>
    public static async Task Fresh(this IndexFollower index, TimeSpan timeout, CancellationToken stop)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(timeout);
        try
        {
            await index.CatchUp(bounded.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StoreUnavailable(late);
        }
    }

    /// <summary>
    /// Waits until the index holds <paramref name="position"/>, so that the caller's next request sees what this one wrote.
    /// What was written is committed already: a feed that is held back makes this wait end, not the request fail.
    /// </summary>
    public static async Task Reach(this IndexFollower index, Position? position, CancellationToken stop)
    {
        if (position is not { } reached) return;
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(TimeSpan.FromSeconds(5));
        await index.WaitFor(reached, bounded.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

using System.Text.Json;

namespace EventMesh.Connectors.OAuth;

/// <summary>What a provider gave: kept sealed, shown to nobody.</summary>
/// <param name="RefreshToken">Null when the provider gave none: then the access token is all there will ever be.</param>
/// <param name="ExpiresAt">Of the access token; null when it does not expire.</param>
/// <param name="LifetimeSeconds">Of the access token when it was new.</param>
/// <param name="Scopes">Those that were granted.</param>
/// <param name="Kept">Further fields of the answer, by the last name of their path: <c>instance_url</c>.</param>
public sealed record TokenSet(
    string AccessToken, string? RefreshToken, DateTimeOffset? ExpiresAt, int? LifetimeSeconds, IReadOnlyList<string> Scopes, IReadOnlyDictionary<string, string> Kept)
{
    private static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(15);

    /// <summary>When it is to be renewed: 15 minutes or a fifth of its lifetime before it expires, whichever is less; null when it cannot or need not be.</summary>
    public DateTimeOffset? RefreshAt
    {
        get
        {
            if (ExpiresAt is not { } end || LifetimeSeconds is not { } lifetime || RefreshToken is null) return null;
            var fifth = TimeSpan.FromSeconds(lifetime / 5.0);
            return end - (fifth < AheadMax ? fifth : AheadMax);
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static TokenSet FromBytes(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<TokenSet>(bytes) ?? throw new JsonException("A token set is null.");

    /// <summary>Without the tokens, wherever it may be printed.</summary>
    public override string ToString() => $"TokenSet until {ExpiresAt:O}";
}

/// <summary>Who asks the provider: a registered app of the workspace's, or of the platform's.</summary>
/// <param name="Secret">Null for a public client.</param>
public sealed record OAuthClient(string Id, string? Secret)
{
    public override string ToString() => $"OAuthClient {Id}";
}

/// <summary>Where a provider is reached for one connection: its URLs filled, or discovered.</summary>
/// <param name="Issuer">What <c>iss</c> of the callback must be; null when the provider says none.</param>
/// <param name="Values">The connection's parameters.</param>
public sealed record Endpoints(Uri Authorize, Uri Token, Uri? Revoke, string? Issuer, bool IssuerRequired, IReadOnlyDictionary<string, string> Values)
{
    /// <exception cref="UriFormatException">A filled URL is not one.</exception>
    public static Endpoints Of(Provider provider, IReadOnlyDictionary<string, string> values)
    {
        return new(new(Fill(provider.Authorize!.Url!)), new(Fill(provider.Token.Url!)), provider.Revoke?.Url is { } revoke && Template.Names(revoke).All(values.ContainsKey) ? new(Fill(revoke)) : null,
            provider.Issuer is { } issuer ? Fill(issuer) : null, provider.IssuerRequired, values);

        string Fill(string text) => Template.Fill(text, values.GetValueOrDefault);
    }
}

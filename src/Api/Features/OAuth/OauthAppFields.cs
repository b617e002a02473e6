using EventMesh.Api.Edge;

namespace EventMesh.Api.Features.OAuth;

/// <summary>What a registration with a provider is made of, as it is sent.</summary>
/// <param name="ClientSecret">Kept sealed and never shown; left out for a public client.</param>
public sealed record OauthAppFields(string? ClientId, string? ClientSecret = null)
{
    public const int ClientIdCharsMax = 512;
    public const int ClientSecretCharsMax = 2_048;

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    public (string ClientId, string? ClientSecret) Validated()
    {
        var checks = new Checks();
        if (string.IsNullOrEmpty(ClientId)) checks.Add("client_id", "is required");
        else checks.That(ClientId.Length <= ClientIdCharsMax && ClientId.All(c => c is > ' ' and <= '~'), "client_id", $"has at most {ClientIdCharsMax} printable ASCII characters without spaces");
        checks.That(ClientSecret is null or { Length: > 0 and <= ClientSecretCharsMax } && ClientSecret?.All(c => c is >= ' ' and <= '~') != false, "client_secret", $"has 1 to {ClientSecretCharsMax} printable ASCII characters");
        checks.Done();
        return (ClientId!, ClientSecret);
    }

    /// <summary>Without the secret, wherever it may be printed.</summary>
    public override string ToString() => $"OauthAppFields {ClientId}";
}

/// <param name="Platform">It is the platform's, for workspaces that have none of their own.</param>
/// <param name="HasSecret">Whether a client secret is kept.</param>
public sealed record OauthAppView(string Provider, string ClientId, bool HasSecret, bool Platform, DateTimeOffset SetAt);

using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.Issuers;

/// <summary>A workspace's issuer and the keys it signs with.</summary>
public sealed record IssuerView(string Issuer, string TokenEndpoint, string JwksUri, IReadOnlyList<IssuerView.KeyView> Keys, long Version)
{
    /// <param name="State"><c>pending</c>: shown, but does not sign yet; <c>signing</c>; <c>verifying</c>: some of its tokens may still hold; <c>ended</c>.</param>
    /// <param name="EndsAt">From then on none of its tokens holds; null while no other key follows.</param>
    public sealed record KeyView(string Kid, IssuerKeyState State, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom, DateTimeOffset? EndsAt);

    public static IssuerView Of(string address, Issuer issuer, long version, DateTimeOffset now) => new(
        address, address + IssueToken.Path, address + "/jwks", [.. issuer.At(now).Select(k => new KeyView(k.Key.Kid, k.State, k.Key.AddedAt, k.Key.SignsFrom, k.EndsAt))], version);
}

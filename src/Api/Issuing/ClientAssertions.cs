using System.Runtime.CompilerServices;
using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Domain.Identity;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Issuing;

/// <summary>Clients that prove themselves by a JWT signed with a key of theirs (RFC 7523 §2.2 and §3, <c>private_key_jwt</c>).</summary>
public sealed class ClientAssertions(UsedAssertions used, PublicAddress address, TimeProvider clock)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    public const int JtiCharsMax = 256;

    /// <summary>How long an assertion may hold from now on.</summary>
    public static readonly TimeSpan ExpiresWithin = TimeSpan.FromMinutes(5);

    private readonly ConditionalWeakTable<ClientCredential, Jwk> parsed = [];

    // Checked for clients that there are not, so that they take as long as those that there are.
    private readonly JwkSet nobodys = new([Es256Key.Create().Public]);

    /// <summary>Whose the assertion says it is, before anything of it is checked; null when it is none.</summary>
    public static string? Claimed(string assertion) => Read(assertion)?.Claims.Text("sub");

    /// <param name="account">Null when there is none by the claimed name.</param>
    /// <param name="endpoint">The path behind the issuer that is asked, such as <c>/token</c>.</param>
    /// <returns>Whether it proves that the client is who it says, and did not before.</returns>
    public async Task<bool> Prove(ConfiguredWorkspace? workspace, string client, ServiceAccount.Present? account, string assertion, string endpoint, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (Read(assertion) is not { } read) return false;
        if (workspace is null || account is null)
        {
            read.Jws.Verify(nobodys, JwsAlgorithm.ES256);
            return false;
        }
        var keys = new JwkSet([.. account.Credentials.Where(c => c.Kind == ClientCredentialKind.Jwk && c.IsUsableAt(now)).Select(PublicOf)]);
        if (read.Jws.Verify(keys, JwsAlgorithm.All) is not null) return false;
        var (claims, issuer) = (read.Claims, address.IssuerOf(workspace.Id));
        if (claims.Check(client, [issuer, issuer + "/token", issuer + endpoint], now) is not null || claims.Text("sub") != client) return false;
        var expires = DateTimeOffset.FromUnixTimeMilliseconds((long)(claims.Json.GetProperty("exp").GetDouble() * 1000));
        if (expires > now + ExpiresWithin + Claims.Skew || claims.Text("jti") is not { Length: > 0 and <= JtiCharsMax } jti) return false;
        return await used.Take(workspace.Id, client, jti, expires + Claims.Skew, stop).ConfigureAwait(false);
    }

    private static (Jws Jws, Claims Claims)? Read(string assertion) =>
        Jws.TryRead(assertion, out var jws, out _) && Claims.TryRead(jws.Payload, out var claims, out _) ? (jws, claims) : null;

    private Jwk PublicOf(ClientCredential credential) => parsed.GetValue(credential, static one =>
    {
        using var json = JsonDocument.Parse(one.Jwk!);
        return Jwk.TryRead(json.RootElement, out var read, out var refusal) ? read : throw new InvalidOperationException($"Credential {one.Id} cannot be read: {refusal}.");
    });
}

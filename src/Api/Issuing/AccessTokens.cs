using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Domain;
using EventMesh.Domain.Access;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Issuing;

/// <summary>Makes access tokens in the manner of RFC 9068: JWTs of type <c>at+jwt</c>, signed by ES256.</summary>
public sealed class AccessTokens(SigningKeys keys, PublicAddress address, TimeProvider clock)
{
    public const string Type = "at+jwt";

    /// <param name="roles">At most those of <paramref name="client"/>.</param>
    public async ValueTask<IssuedAccessToken> Issue(Client client, Role roles, CancellationToken stop)
    {
        var key = await keys.SignerOf(client.Workspace, stop).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var (id, issuedAt) = (NewId(now), now.ToUnixTimeSeconds());
        var (issuer, names) = (address.IssuerOf(client.Workspace.Id), roles.Names());
        var scope = string.Join(' ', names);
        var json = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var claims = new Utf8JsonWriter(json))
        {
            claims.WriteStartObject();
            claims.WriteString("iss"u8, issuer);
            claims.WriteString("sub"u8, client.Id);
            claims.WriteString("aud"u8, issuer);
            claims.WriteString("tenant_id"u8, client.Workspace.Id);
            claims.WriteString("client_id"u8, client.Id);
            claims.WriteStartArray("roles"u8);
            foreach (var name in names) claims.WriteStringValue(name);
            claims.WriteEndArray();
            claims.WriteString("scope"u8, scope);
            claims.WriteNumber("iat"u8, issuedAt);
            claims.WriteNumber("nbf"u8, issuedAt);
            claims.WriteNumber("exp"u8, issuedAt + client.TokenSeconds);
            claims.WriteString("jti"u8, id);
            if (client.Generation is { } generation) claims.WriteNumber("generation"u8, generation);
            claims.WriteEndObject();
        }
        return new(id, Jws.Sign(key, json.WrittenSpan, Type), client.TokenSeconds, scope);
    }

    private static string NewId(DateTimeOffset now)
    {
        Span<byte> chance = stackalloc byte[10];
        System.Security.Cryptography.RandomNumberGenerator.Fill(chance);
        return Ids.Sortable(OwnTokens.IdPrefix, now, chance);
    }
}

/// <param name="Scope">The names of its roles, a space between them.</param>
public sealed record IssuedAccessToken(string Id, string Token, int ExpiresInSeconds, string Scope)
{
    /// <summary>Without the token, wherever it may be printed.</summary>
    public override string ToString() => $"Token {Id}";
}

/// <summary>Whoever a workspace's issuer gives tokens to.</summary>
/// <param name="Id"><c>sa_…</c> or <c>key_…</c>.</param>
/// <param name="Generation">Of a service account's tokens; null for a key.</param>
public sealed record Client(ConfiguredWorkspace Workspace, string Id, Role Roles, int TokenSeconds, int? Generation);

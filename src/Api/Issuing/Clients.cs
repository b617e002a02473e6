using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Issuing;

/// <summary>
/// Finds out which client asks: a service account by a secret (in the header or in the body) or an assertion, or an API key, which is its own secret.
/// A workspace that there is not is asked as one that has no clients.
/// </summary>
public sealed class Clients(IndexFollower index, ClientAssertions assertions, FailedAttempts attempts, Refusals refusals, TimeProvider clock)
{
    private const int IdCharsMax = 64;
    private const int SecretCharsMax = 256;
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <param name="endpoint">The path behind the issuer that is asked, such as <c>/token</c>.</param>
    /// <exception cref="OAuthRefusal">It is nobody, or says in two ways who it is.</exception>
    public async Task<Client> Authenticate(string workspace, TokenForm form, HttpRequest request, string endpoint, CancellationToken stop)
    {
        var proof = Proof.In(form, request) ?? throw OAuthRefusal.Client();
        // Who has been told that a credential is revoked, relies on it.
        await index.EnsureCurrent(workspace, stop).ConfigureAwait(false);
        return await Find(workspace, proof, endpoint, stop).ConfigureAwait(false)
            // Another node may have made it a moment ago.
            ?? (await Looked(stop).ConfigureAwait(false) ? await Find(workspace, proof, endpoint, stop).ConfigureAwait(false) : null)
            ?? throw Refuse(request.HttpContext, proof.Id);
    }

    /// <summary>The answer to whoever shows credentials that are nobody's, who is slowed down when it is often.</summary>
    /// <param name="tried">Which client they said they were, or the beginning of a key.</param>
    public OAuthRefusal Refuse(HttpContext context, string? tried)
    {
        var slowed = attempts.IsSlowed(context, tried);
        refusals.NoteUnknown(slowed ? Refusals.Slowed : "unknown_client", "client", context);
        return slowed ? OAuthRefusal.Slowed() : OAuthRefusal.Client();
    }

    /// <summary>Whose an API key is, if it is one of this workspace.</summary>
    public async Task<Client?> OwnerOf(string workspace, string key, CancellationToken stop)
    {
        if (key.Length > SecretCharsMax) return null;
        await index.EnsureCurrent(workspace, stop).ConfigureAwait(false);
        var sha256 = Tokens.Sha256(key);
        if (index.Index.OwnerOf(sha256) is null) await Looked(stop).ConfigureAwait(false);
        return index.Index.OwnerOf(sha256) is { } owner && owner.Workspace == workspace && Existing(workspace) is { } existing && index.Index.RolesOfKey(workspace, owner.KeyId) is { } roles
            ? new(existing, owner.KeyId, roles, TokenLifetime.SecondsDefault, null) : null;
    }

    /// <summary>The workspace, if there is one; asked without a client, so that of another node's a moment ago nothing need be known.</summary>
    public ConfiguredWorkspace? Existing(string workspace) =>
        Ids.IsWorkspace(workspace) && index.Index.Find(workspace) is { Workspace: Domain.Workspaces.Workspace.Open } open ? open : null;

    /// <summary>Waits until what other nodes have stored is known here.</summary>
    public async Task<bool> Looked(CancellationToken stop)
    {
        await index.Fresh(LookTimeout, stop).ConfigureAwait(false);
        return true;
    }

    private async Task<Client?> Find(string workspace, Proof proof, string endpoint, CancellationToken stop)
    {
        if (proof.Secret is { } key && key.StartsWith(Tokens.KeyPrefix, StringComparison.Ordinal))
            return await OwnerOf(workspace, key, stop).ConfigureAwait(false) is { } owner && owner.Id == proof.Id ? owner : null;
        var existing = Existing(workspace);
        var account = existing?.Identity.Accounts.GetValueOrDefault(proof.Id) is { Enabled: true } enabled ? enabled : null;
        var proved = proof.Secret is { } secret ? IsSecretOf(account, secret)
            : await assertions.Prove(existing, proof.Id, account, proof.Assertion!, endpoint, stop).ConfigureAwait(false);
        return proved ? new(existing!, proof.Id, account!.Roles, account.TokenSeconds, account.Generation) : null;
    }

    private bool IsSecretOf(ServiceAccount.Present? account, string secret)
    {
        var (now, found) = (clock.GetUtcNow(), false);
        var digest = Convert.FromHexString(Tokens.Sha256(secret));
        foreach (var credential in account?.Credentials ?? [])
            found |= CryptographicOperations.FixedTimeEquals(digest, Convert.FromHexString(credential.Sha256 ?? "")) & credential.IsUsableAt(now);
        return found;
    }

    /// <summary>What a client says of itself: a secret or an assertion.</summary>
    private sealed record Proof(string Id, string? Secret, string? Assertion)
    {
        public static Proof? In(TokenForm form, HttpRequest request)
        {
            var header = request.Headers.Authorization.ToString();
            var ways = (header.Length > 0 ? 1 : 0) + (form["client_secret"] is null ? 0 : 1) + (form["client_assertion"] is null ? 0 : 1);
            if (ways > 1) throw OAuthRefusal.Request("The client authenticates in more than one way.");
            var proof = header.Length > 0 ? Basic(header) : form["client_assertion"] is { } assertion ? Signed(form, assertion) : Posted(form);
            if (proof is null || proof.Id.Length > IdCharsMax || proof.Secret is { Length: > SecretCharsMax }) return null;
            return form["client_id"] is { } named && named != proof.Id ? throw OAuthRefusal.Request("client_id names another client.") : proof;
        }

        private static Proof? Posted(TokenForm form) => form["client_id"] is { } id && form["client_secret"] is { } secret ? new(id, secret, null) : null;

        private static Proof? Signed(TokenForm form, string assertion)
        {
            if (form["client_assertion_type"] != ClientAssertions.Type) throw OAuthRefusal.Request($"client_assertion_type must be {ClientAssertions.Type}.");
            return ClientAssertions.Claimed(assertion) is { } id ? new(id, null, assertion) : null;
        }

        /// <summary>RFC 6749 §2.3.1: both parts form-encoded, then as RFC 7617 has it.</summary>
        private static Proof? Basic(string header)
        {
            if (!AuthenticationHeaderValue.TryParse(header, out var value) || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || value.Parameter is not { } parameter) return null;
            var bytes = new byte[parameter.Length];
            if (!Convert.TryFromBase64String(parameter, bytes, out var count)) return null;
            return Encoding.UTF8.GetString(bytes, 0, count).Split(':', 2) is [var id, var secret] ? new(Decoded(id), Decoded(secret), null) : null;
        }

        private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

        /// <summary>Without what proves it, wherever it may be printed.</summary>
        public override string ToString() => $"Client {Id}";
    }
}

using System.Collections.Concurrent;
using EventMesh.Connectors;
using EventMesh.Delivery.Offboarding;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Secrets;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Credentials;

/// <summary>
/// OAuth 2.0 client credentials (RFC 6749 §4.4): a token is asked for when the first request needs it, kept in this node's memory, and replaced before it ends. One request
/// for a token at a time for each connection on each node; tokens are nowhere but here.
/// </summary>
public sealed class ClientCredentialsAuthorizer(CredentialValues values, GuardedHttp http, IndexFollower follower, TimeProvider clock) : IAuthorizer, IForgets
{
    private const string Bearer = "Bearer ";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>How long a failure stands before another request for a token is made.</summary>
    private static readonly TimeSpan FailureStands = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<(string Workspace, string Connection), TokenPlace> places = new();
    private long lookedAt = clock.GetTimestamp();

    public IReadOnlyList<CredentialKind> Kinds { get; } = [CredentialKind.Oauth2ClientCredentials];

    public async ValueTask<Authorized> Authorize(CredentialUse use, CancellationToken stop)
    {
        Look();
        // Whoever waits may go; the request for the token goes on for the others.
        var token = await PlaceOf(use).Get(clock.GetUtcNow(), refused => Ask(use, refused)).WaitAsync(stop).ConfigureAwait(false);
        return token.Value is { } value
            ? new Authorized.Ready(Authorization.InHeader(Credential.Authorization, Bearer + value))
            : new Authorized.Unusable(Failure.CredentialUnavailable, token.Error!);
    }

    public bool Refused(CredentialUse use, Authorization shown) =>
        shown.Headers.GetValueOrDefault(Credential.Authorization) is { } header && header.StartsWith(Bearer, StringComparison.Ordinal)
        && PlaceOf(use).Refused(header[Bearer.Length..], clock.GetUtcNow());

    /// <summary>How many connections have a token here.</summary>
    internal int Held => places.Count;

    private TokenPlace PlaceOf(CredentialUse use)
    {
        var secret = use.Credential.Secret ?? "";
        return places.AddOrUpdate((use.Workspace, use.Connection), static (_, id) => new(id), static (_, present, id) => present.Secret == id ? present : new(id), secret);
    }

    private async Task<AccessToken> Ask(CredentialUse use, bool refused)
    {
        // Off the lock under which it was called.
        await Task.Yield();
        if (use.Credential.Secret is not { } secret || await values.OfCredential(use.Workspace, use.Connection, secret, SecretPurpose.Oauth, use.For, CancellationToken.None).ConfigureAwait(false) is not { } value)
            return Failed("the credential's value is not kept any more");
        using var request = TokenRequest.Of(use.Credential.Public, value);
        switch (await http.Send(request, CancellationToken.None).ConfigureAwait(false))
        {
            case Fetched.Answer answer when TokenAnswer.Read(answer.Status, answer.Body) is var (token, lifetime, error):
                var now = clock.GetUtcNow();
                return token is null ? Failed("the token endpoint " + error) : new(token, null, now, now + lifetime - AccessToken.Ahead(lifetime), refused);
            case Fetched.Failed failed:
                return Failed("the token endpoint gave no answer: " + failed.Error);
            case var other:
                throw new InvalidOperationException($"Not an outcome: {other}");
        }

        AccessToken Failed(string error)
        {
            var now = clock.GetUtcNow();
            return new(null, error, now, now + FailureStands, refused);
        }
    }

    private void Look()
    {
        var last = Interlocked.Read(ref lookedAt);
        if (clock.GetElapsedTime(last) < LookEvery || Interlocked.CompareExchange(ref lookedAt, clock.GetTimestamp(), last) != last) return;
        foreach (var (of, place) in places)
            if (follower.Index.Find(of.Workspace)?.Connections.GetValueOrDefault(of.Connection)?.Credential.Secret != place.Secret) places.TryRemove(KeyValuePair.Create(of, place));
    }

    public void Forget(string workspace) => places.Forget(workspace);
}

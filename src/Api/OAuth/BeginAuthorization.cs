using System.Security.Cryptography;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Connectors.OAuth;
using EventMesh.Delivery.OAuth;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;

namespace EventMesh.Api.OAuth;

/// <summary>What a connection is authorized with: its provider, and the values of that provider's parameters.</summary>
public sealed record Authorizable(string Name, Provider Provider, IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<string> Scopes);

/// <summary>Sends a person to a provider, to allow a connection what it asks for.</summary>
public sealed class BeginAuthorization(Store store, Providers providers, ProviderCalls calls, OAuthClients clients, AuthorizationStates states, PublicAddress address)
{
    public const int ScopesMax = 64;
    public const int ScopeCharsMax = 256;
    private const string Missing = "There is no such connection.";

    /// <summary>Where every provider sends people back to. It is registered with them, to the letter.</summary>
    public Uri Redirect => new(address.Root + "/oauth/callback");

    /// <exception cref="ProblemException">There is no such connection, or none that a person could authorize; the field says why.</exception>
    public async Task<Authorizable> Find(string workspace, string connection, CancellationToken stop)
    {
        var (state, _) = await store.For(workspace).Fold<Connection, ConnectionEvent>(connection, Connection.Initial, Connection.Evolve, stop);
        var name = state switch { Connection.Enabled enabled => enabled.Name, Connection.Disabled disabled => disabled.Name, _ => throw ProblemAnswer.Missing(Missing) };
        if (state.Credential.Public is not { Kind: CredentialKind.Oauth2, Provider: { } id } credential) throw Problem.Conflict.With("The connection has no credential of kind oauth2: set one first.");
        if (state.Credential.Status == CredentialStatus.Revoked) throw Problem.Conflict.With("The connection's credential was revoked: set it again first.");
        if (providers.Find(id) is not { } provider) throw Problem.InvalidRequest.At("credential.provider", $"is not known; there are {string.Join(", ", providers.All.Select(p => p.Id))}");
        // As they were when the credential was set, or else the operator's file has changed since.
        var checks = new Checks();
        var parameters = ProviderParameters.Filled(provider, name => credential.Parameters?.GetValueOrDefault(name), checks, "credential.parameters.");
        checks.Done();
        return new(name, provider, parameters, credential.Scopes is { Count: > 0 } scopes ? scopes : provider.Scopes.Default);
    }

    /// <param name="by">The actor, for the history.</param>
    /// <param name="cookie">SHA-256 of what the browser has to bring back; null for none.</param>
    /// <param name="elevation">Under which an admin asks; null for everybody else.</param>
    /// <exception cref="ProblemException">There is no app to ask with, or the provider cannot be reached.</exception>
    public async Task<Uri> Run(
        string workspace, string connection, Authorizable with, IReadOnlyList<string> scopes, string by, string? session, string? cookie, string? returnTo, string? elevation, CancellationToken stop)
    {
        var provider = with.Provider;
        var client = await clients.Of(workspace, provider.Id, null, stop) ?? throw Problem.Conflict.With($"There is no OAuth app for {provider.Id}: register one with {provider.Name} and set it first.");
        var reached = await calls.Reach(provider, with.Parameters, stop);
        var endpoints = reached.Endpoints ?? throw Problem.Conflict.With($"{provider.Name} cannot be asked: {reached.Trouble}.");
        var verifier = provider.Pkce ? Pkce.Verifier(RandomNumberGenerator.GetBytes(Pkce.VerifierBytes)) : null;
        var state = await states.Keep(
            new(workspace, connection, provider.Id, by, session, new(verifier, Redirect, client.Id, scopes, with.Parameters, endpoints.Issuer, endpoints.IssuerRequired, cookie, returnTo, elevation)), stop);
        return AuthorizeUrl.Of(provider, endpoints, client, Redirect, state, scopes, verifier);
    }

    /// <summary>Scopes as a caller names them; null when it names none.</summary>
    public static IReadOnlyList<string>? Scopes(IReadOnlyList<string?>? given, Checks checks, string field)
    {
        if (given is null) return null;
        checks.That(given.Count is > 0 and <= ScopesMax, field, $"has 1 to {ScopesMax} entries");
        // RFC 6749 §3.3.
        checks.That(given.All(s => s is { Length: > 0 and <= ScopeCharsMax } && s.All(c => c is > ' ' and <= '~' and not '"' and not '\\')), field, $"has entries of 1 to {ScopeCharsMax} printable ASCII characters without spaces, \" and \\");
        return [.. given.OfType<string>().Distinct(StringComparer.Ordinal)];
    }
}

using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Connectors.OAuth;
using EventMesh.Delivery.OAuth;
using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.OAuth;

/// <summary>How a person's way to a provider and back ended.</summary>
public abstract record AuthorizationEnd
{
    private AuthorizationEnd() { }

    public sealed record Connected(AskedAuthorization Asked, string ProviderName) : AuthorizationEnd;

    /// <param name="Status">Of HTTP.</param>
    /// <param name="Text">For the person, plain text.</param>
    /// <param name="Asked">Null when nobody knows what it was about.</param>
    public sealed record Failed(int Status, string Text, AskedAuthorization? Asked = null) : AuthorizationEnd;
}

/// <summary>
/// Takes a person back from a provider: the state says for whom, once; the code becomes tokens; the tokens are stored, sealed, and only then is the connection authorized.
/// A crash in between leaves tokens that nobody uses, and a connection that waits to be authorized as before.
/// </summary>
public sealed partial class EndAuthorization(
    Store store, AuthorizationStates states, Providers providers, ProviderCalls calls, OAuthClients clients, TokenTable table, ConnectSessions sessions, Askers askers, IndexFollower index, TimeProvider clock, ILogger<EndAuthorization> log)
{
    private const int ErrorCharsMax = 200;
    private static readonly AuthorizationEnd.Failed Unknown = new(400, "This link is not, or no longer, valid. Start again from where you came.");

    /// <param name="query">Of the callback, each name once.</param>
    /// <param name="cookie">What the browser brought; null for nothing.</param>
    /// <param name="from">The network that the browser asks from.</param>
    public async Task<AuthorizationEnd> Run(IReadOnlyDictionary<string, string> query, string? cookie, string? from, CancellationToken stop)
    {
        if (await states.Take(query.GetValueOrDefault("state"), stop) is not { } asked) return Unknown;
        // Somebody else's browser with this state is told what a wrong state is told (login CSRF: RFC 9700 §4.7).
        if (asked.Asked.Cookie is { } expected && !Same(expected, OneTimeText.Sha256(cookie))) return Fail(asked, "cookie", Unknown);
        if (!await askers.Stand(asked.Workspace, asked.By, stop)) return Fail(asked, "asker", Unknown);
        if (index.Index.Find(asked.Workspace)?.Workspace is not Workspace.Open { IsSuspended: false }) return Fail(asked, "suspended", new(403, "The workspace is suspended. Start again when it goes on.", asked));
        if (providers.Find(asked.Provider) is not { } provider) return Fail(asked, "provider_unknown", new(400, "The provider is not known here any more.", asked));
        // The answer of one provider is not for another (mix-up: RFC 9207).
        if (query.GetValueOrDefault("iss") is { } issuer ? asked.Asked.Issuer is { } known && issuer != known : asked.Asked.IssuerRequired) return Fail(asked, "issuer", new(400, $"The answer did not come from {provider.Name}.", asked));
        if (await clients.Of(asked.Workspace, provider.Id, asked.Asked.ClientId, stop) is not { } client) return Fail(asked, "app_missing", new(400, "The app that asked is not registered here any more.", asked));
        if (provider.Callback.Hmac && !CallbackSignature.Holds(query, client)) return Fail(asked, "signature", new(400, $"The answer did not come from {provider.Name}.", asked));
        if (provider.Callback.Same.Any(name => query.GetValueOrDefault(name) != asked.Asked.Parameters.GetValueOrDefault(name))) return Fail(asked, "parameter", new(400, "The answer is for another account.", asked));
        if (query.GetValueOrDefault("error") is { } error) return Fail(asked, Shown(error), new(400, $"{provider.Name} did not allow it: {Shown(error)}.{Description(query)}", asked));
        if (query.GetValueOrDefault("code") is not { Length: > 0 } code) return Fail(asked, "code_missing", new(400, $"{provider.Name} sent no code.", asked));

        if (await IsForAnother(asked, provider, stop)) return Fail(asked, "changed", new(409, "The connection was set up for another account meanwhile. Start again.", asked));
        var reached = await calls.Reach(provider, asked.Asked.Parameters, stop);
        if (reached.Endpoints is not { } endpoints) return Fail(asked, "unreachable", new(502, $"{provider.Name} cannot be asked at the moment. Start again.", asked));
        // From here on nobody's leaving stops it: the code is used up.
        switch (await calls.Exchange(provider, endpoints, client, code, asked.Asked.Redirect, asked.Asked.Verifier, asked.Asked.Scopes, CancellationToken.None))
        {
            case TokenAnswer.Granted granted: return await Store(asked, provider, granted.Tokens, from);
            case TokenAnswer.Refused refused: return Fail(asked, Shown(refused.Error), new(502, $"{provider.Name} gave no token: {Shown(refused.Error)}. Start again.", asked));
            case TokenAnswer.Trouble trouble: return Fail(asked, trouble.Reason, new(502, $"{provider.Name} gave no token. Start again.", asked));
            default: throw new InvalidOperationException("No such answer.");
        }
    }

    // The code is for the shop, domain or issuer that the person was sent to; the connection may say another by now.
    private async Task<bool> IsForAnother(AskedAuthorization asked, Provider provider, CancellationToken stop)
    {
        var (state, _) = await store.For(asked.Workspace).Fold<Connection, ConnectionEvent>(asked.Connection, Connection.Initial, Connection.Evolve, stop);
        return state.Credential.Public is { Kind: CredentialKind.Oauth2 } credential && credential.Provider == provider.Id
            && ProviderParameters.Filled(provider, name => credential.Parameters?.GetValueOrDefault(name), new Checks(), "").Any(p => asked.Asked.Parameters.GetValueOrDefault(p.Key) != p.Value);
    }

    private async Task<AuthorizationEnd> Store(AskedAuthorization asked, Provider provider, TokenSet tokens, string? from)
    {
        // As precise as the database keeps it: it tells this authorization from others.
        var now = new DateTimeOffset(clock.GetUtcNow().Ticks / 10 * 10, TimeSpan.Zero);
        var command = new ConnectionCommand.Authorize(provider.Id, tokens.Scopes, tokens.ExpiresAt, asked.Session ?? asked.By, now);
        var metadata = new EventMetadata(now, asked.By, asked.Connection, asked.Session, Elevation: asked.Asked.Elevation, From: from);
        var stored = false;
        try
        {
            if (asked.Session is { } session) await sessions.Use(asked.Workspace, session, metadata, CancellationToken.None);
            stored = true;
            await table.Save(asked.Workspace, asked.Connection, provider.Id, new(tokens, asked.Asked.Parameters, asked.Asked.ClientId), now, CancellationToken.None);
            var decided = await store.For(asked.Workspace).Decide<Connection, ConnectionEvent>(
                asked.Connection, "connection", Connection.Initial, Connection.Evolve, s => ConnectionDecider.Decide(command, s), metadata, null, CancellationToken.None);
            await index.Reach(decided.Position, CancellationToken.None);
            Ended(asked.Workspace, asked.Connection, provider.Id, asked.By, asked.Session, "authorized");
            return new AuthorizationEnd.Connected(asked, provider.Name);
        }
        catch (Refused refused)
        {
            // Deleted or given another credential meanwhile: what was just given goes back. Not so when the link had connected already: many providers would end what it connected, too.
            if (stored) await table.End(asked.Workspace, asked.Connection, now.AddTicks(10), CancellationToken.None);
            return Fail(asked, refused.Code, new(409, refused.Message, asked));
        }
    }

    private AuthorizationEnd.Failed Fail(AskedAuthorization asked, string outcome, AuthorizationEnd.Failed failed)
    {
        Ended(asked.Workspace, asked.Connection, asked.Provider, asked.By, asked.Session, outcome);
        return failed;
    }

    private static bool Same(string expected, string? given) => given is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(given));

    private static string Description(IReadOnlyDictionary<string, string> query) => query.GetValueOrDefault("error_description") is { Length: > 0 } text ? " " + Shown(text) : "";

    // Whatever a provider says of it, in one line.
    private static string Shown(string text) => new([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(ErrorCharsMax)]);

    [LoggerMessage(EventName = "oauth.ended", Level = LogLevel.Information, Message = "oauth.ended {tenant_id} {connection} {provider} {actor} {session} {outcome}")]
    private partial void Ended(string tenant_id, string connection, string provider, string actor, string? session, string outcome);
}

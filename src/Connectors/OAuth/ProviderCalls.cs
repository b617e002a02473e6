using System.Collections.Concurrent;
using System.Text.Json;

namespace EventMesh.Connectors.OAuth;

/// <summary>What came of giving tokens back.</summary>
public enum GivenBack { Done, Impossible, Refused, Trouble }

/// <summary>Where a provider is reached, or why that is not known now.</summary>
public sealed record Reached(Endpoints? Endpoints, string? Trouble);

/// <summary>Talks to providers, in a few bounded calls. Thread-safe; one instance serves every workspace. It holds no token longer than a call.</summary>
public sealed class ProviderCalls(GuardedHttp http, TimeProvider clock)
{
    private const int DiscoveredMax = 1_000;

    // Endpoints do not belong to a workspace: what an issuer says of itself is the same for all who ask.
    private readonly ConcurrentDictionary<string, (Endpoints Endpoints, DateTimeOffset Until)> discovered = new(StringComparer.Ordinal);
    private static readonly TimeSpan DiscoveryHolds = TimeSpan.FromMinutes(10);

    /// <param name="values">The connection's parameters, each of which matches its pattern.</param>
    public async Task<Reached> Reach(Provider provider, IReadOnlyDictionary<string, string> values, CancellationToken stop)
    {
        if (provider.Discovery is not { } discovery) return new(Endpoints.Of(provider, values), null);
        var address = Template.Fill(discovery, values.GetValueOrDefault);
        if (discovered.TryGetValue(address, out var known) && known.Until > clock.GetUtcNow()) return new(known.Endpoints with { Values = values }, null);
        var (endpoints, trouble) = Discovery.Read(provider, values, await http.Get(new(address), stop).ConfigureAwait(false));
        if (endpoints is null) return new(null, trouble);
        if (discovered.Count >= DiscoveredMax) discovered.Clear();
        discovered[address] = (endpoints, clock.GetUtcNow() + DiscoveryHolds);
        return new(endpoints, null);
    }

    /// <summary>Makes tokens of a code.</summary>
    /// <param name="asked">The scopes that were asked for.</param>
    public async Task<TokenAnswer> Exchange(
        Provider provider, Endpoints endpoints, OAuthClient client, string code, Uri redirect, string? verifier, IReadOnlyList<string> asked, CancellationToken stop)
    {
        using var request = TokenRequest.Exchange(provider, endpoints, client, code, redirect, verifier);
        var answer = await Ask(provider, request, null, asked, stop).ConfigureAwait(false);
        return answer is TokenAnswer.Granted granted && provider.Metadata is { } metadata ? await With(metadata, endpoints, granted.Tokens, stop).ConfigureAwait(false) : answer;
    }

    /// <summary>Renews tokens. It is not taken back half way: the provider may have replaced the refresh token by then.</summary>
    public async Task<TokenAnswer> Refresh(Provider provider, Endpoints endpoints, OAuthClient client, TokenSet before)
    {
        using var request = TokenRequest.Refresh(provider, endpoints, client, before.RefreshToken ?? throw new ArgumentException("There is no refresh token.", nameof(before)));
        return await Ask(provider, request, before, before.Scopes, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Gives tokens back.</summary>
    /// <returns>With the reason, unless it is done.</returns>
    public async Task<(GivenBack Outcome, string? Error)> Revoke(Provider provider, Endpoints endpoints, OAuthClient client, TokenSet tokens, CancellationToken stop)
    {
        using var request = TokenRequest.Revoke(provider, endpoints, client, tokens);
        if (request is null) return (GivenBack.Impossible, null);
        switch (await http.Send(request, stop).ConfigureAwait(false))
        {
            case Fetched.Answer { Status: >= 200 and < 300 or 404 or 410 } done when SaysOk(provider, done): return (GivenBack.Done, null);
            case Fetched.Answer { Status: >= 500 or 408 or 429 } later: return (GivenBack.Trouble, $"HTTP {later.Status}");
            case Fetched.Answer refused: return (GivenBack.Refused, $"HTTP {refused.Status}");
            case Fetched.Failed failed: return (GivenBack.Trouble, failed.Error);
            default: throw new InvalidOperationException("No such outcome.");
        }
    }

    private async Task<TokenAnswer> Ask(Provider provider, HttpRequestMessage request, TokenSet? before, IReadOnlyList<string> asked, CancellationToken stop)
    {
        // Before the call: the lifetime begins while the answer is under way.
        var at = clock.GetUtcNow();
        return await http.Send(request, stop).ConfigureAwait(false) switch
        {
            Fetched.Answer answer => TokenAnswer.Of(provider, answer.Status, answer.Body, before, asked, at),
            Fetched.Failed failed => new TokenAnswer.Trouble(failed.Error),
            _ => throw new InvalidOperationException("No such outcome."),
        };
    }

    private async Task<TokenAnswer> With(MetadataStep step, Endpoints endpoints, TokenSet tokens, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Template.Fill(step.Url, endpoints.Values.GetValueOrDefault));
        foreach (var (name, value) in step.Headers) request.Headers.TryAddWithoutValidation(name, Template.Fill(value, n => n == "access_token" ? tokens.AccessToken : endpoints.Values.GetValueOrDefault(n)));
        if (await http.Send(request, stop).ConfigureAwait(false) is not Fetched.Answer { Status: 200 } answer) return new TokenAnswer.Trouble("the provider's metadata could not be read");
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            return new TokenAnswer.Granted(tokens with { Kept = tokens.Kept.Concat(TokenAnswer.Kept(json.RootElement, step.Keep)).ToDictionary(StringComparer.Ordinal) });
        }
        catch (JsonException)
        {
            return new TokenAnswer.Trouble("the provider's metadata is not JSON");
        }
    }

    // Slack says no with 200.
    private static bool SaysOk(Provider provider, Fetched.Answer answer)
    {
        if (provider.Answer.Ok is not { } ok) return true;
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(ok, out var said) && said.ValueKind == JsonValueKind.True;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace EventMesh.Connectors.OAuth;

/// <summary>What a token endpoint said.</summary>
public abstract record TokenAnswer
{
    private const int ErrorCharsMax = 200;
    private const int TokenCharsMax = 16 * 1024;
    private const int KeptCharsMax = 2_048;

    private TokenAnswer() { }

    public sealed record Granted(TokenSet Tokens) : TokenAnswer;

    /// <summary>The provider said no.</summary>
    /// <param name="Error">Its name for the reason, printable ASCII: <c>invalid_grant</c>.</param>
    /// <param name="IsFinal">The refresh token is worth nothing any more.</param>
    public sealed record Refused(string Error, bool IsFinal) : TokenAnswer;

    /// <summary>There was no answer, or none that makes sense: later it may be another.</summary>
    public sealed record Trouble(string Reason) : TokenAnswer;

    /// <param name="status">Of HTTP.</param>
    /// <param name="before">The tokens that were renewed: what the answer leaves out stays. Null for the first ones.</param>
    /// <param name="asked">The scopes that were asked for; granted when the answer names none (RFC 6749 §5.1).</param>
    public static TokenAnswer Of(Provider provider, int status, ReadOnlyMemory<byte> body, TokenSet? before, IReadOnlyList<string> asked, DateTimeOffset at)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new Trouble($"HTTP {status} with JSON that is no object");
            var error = Text(root, ["error", .. status is >= 200 and < 300 ? Array.Empty<string>() : ["status", "code"]]);
            if (error is not null || status is < 200 or >= 300 || (provider.Answer.Ok is { } ok && Find(root, ok) is not { ValueKind: JsonValueKind.True })) return Not(provider, status, error);
            return Text(root, provider.Answer.AccessToken) is { Length: > 0 and <= TokenCharsMax } access && IsPrintable(access)
                ? new Granted(Set(provider, root, access, before, asked, at))
                : new Trouble($"HTTP {status} without an access token");
        }
        catch (JsonException)
        {
            return status is >= 400 and < 500 and not 408 and not 429 ? new Refused($"http_{status}", false) : new Trouble($"HTTP {status} without JSON");
        }
    }

    /// <summary>The fields named <paramref name="keep"/> of a JSON object, by the last name of their path.</summary>
    public static IReadOnlyDictionary<string, string> Kept(JsonElement root, IReadOnlyList<string> keep)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in keep)
            if (Text(root, [path]) is { Length: <= KeptCharsMax } value && IsPrintable(value)) kept[path] = value;
        return kept;
    }

    private static TokenAnswer Not(Provider provider, int status, string? error)
    {
        if (status is >= 500 or 408 or 429) return new Trouble($"HTTP {status}");
        var name = new string([.. (error ?? $"http_{status}").Where(c => c is > ' ' and <= '~').Take(ErrorCharsMax)]);
        return new Refused(name, name == "invalid_grant" || provider.Token.Ended.Contains(name, StringComparer.Ordinal));
    }

    private static TokenSet Set(Provider provider, JsonElement root, string access, TokenSet? before, IReadOnlyList<string> asked, DateTimeOffset at)
    {
        // 0 is Mailchimp's way to say never.
        var lifetime = Text(root, provider.Answer.ExpiresIn) is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : provider.LifetimeSeconds;
        var refresh = Text(root, provider.Answer.RefreshToken) is { Length: > 0 and <= TokenCharsMax } renewed && IsPrintable(renewed) ? renewed : before?.RefreshToken;
        var scopes = Text(root, provider.Answer.Scope) is { } granted ? granted.Split(provider.Scopes.AnswerSeparator[0], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : before?.Scopes ?? asked;
        var kept = Kept(root, provider.Answer.Keep);
        return new(access, refresh, lifetime is { } s ? at.AddSeconds(s) : null, lifetime, scopes, before is null ? kept : before.Kept.Concat(kept).GroupBy(k => k.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal));
    }

    private static string? Text(JsonElement root, IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            switch (Find(root, path))
            {
                case { ValueKind: JsonValueKind.String } text: return text.GetString();
                case { ValueKind: JsonValueKind.Number } number: return number.GetRawText();
            }
        }
        return null;
    }

    private static JsonElement? Find(JsonElement root, string path)
    {
        var at = root;
        foreach (var name in path.Split('.'))
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        return at;
    }

    private static bool IsPrintable(string text) => text.All(c => c is > ' ' and <= '~');
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace EventMesh.Tests.Acceptance;

/// <summary>
/// Values that nobody may find again in what the servers and nodes of this run write: those that a journey plants, and every key and secret
/// that any journey sent or was shown.
/// </summary>
internal static partial class Planted
{
    private static readonly ConcurrentDictionary<string, byte> Known = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, byte> Open = new(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> All => [.. Known.Keys.Where(value => !Open.ContainsKey(value))];

    public static string New()
    {
        var value = "planted" + RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 24);
        Known[value] = 0;
        return value;
    }

    /// <summary>Remembers a value that others made, such as a provider's token.</summary>
    public static void Add(string value) => Known[value] = 0;

    /// <summary>Remembers the keys and secrets in a request and its answer.</summary>
    public static void Notice(byte[]? sent, string answered)
    {
        if (sent is not null) Notice(Encoding.UTF8.GetString(sent));
        Notice(answered);
    }

    public static void Notice(string text)
    {
        foreach (var found in Secret().EnumerateMatches(text)) Known[text.Substring(found.Index, found.Length)] = 0;
    }

    /// <summary>It stands where nothing is sealed, by the test's own choice: an address is configuration that may be read.</summary>
    public static void LeaveOpen(string value) => Open[value] = 0;

    [GeneratedRegex("(?:whsec|whsk)_[A-Za-z0-9+/=]{24,}|(?:emk|ema|ems|emi)_[A-Za-z0-9]{30,}")]
    private static partial Regex Secret();
}

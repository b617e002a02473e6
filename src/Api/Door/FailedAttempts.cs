using System.Globalization;
using System.Net;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Door;

/// <summary>
/// Slows down whoever tries credentials that are not theirs. Failures are counted for the beginning of what was tried and for the address it came from; after ten within a
/// minute, further ones are told to come back later, each time twice as late. Only failures are: a credential is looked at first, and a valid one always passes, so that nobody
/// can lock another out. What is counted fits into bounded memory, on each node for itself.
/// </summary>
public sealed class FailedAttempts(ClientAddress addresses, TimeProvider clock)
{
    /// <summary>Failures within <see cref="Window"/> that are answered as if there had been none before.</summary>
    public const int FreeMax = 10;

    /// <summary>As much of a credential as is kept: of our own keys the name of their kind and 8 of 32 characters.</summary>
    public const int PrefixChars = 12;

    /// <summary>Prefixes and addresses that are remembered at least, if so many failed; twice as many at most.</summary>
    public const int RememberedMin = 10_000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();

    // What is counted again moves into the newer of the two. When that is full it becomes the older one, whose rest is forgotten: whoever floods us with made-up prefixes
    // is still known by address.
    private Dictionary<string, Failures> newer = [];
    private Dictionary<string, Failures> older = [];

    private readonly record struct Failures(int Count, DateTimeOffset Since, DateTimeOffset Last);

    internal int Remembered { get { lock (gate) return newer.Count + older.Count; } }

    /// <summary>Counts a failed attempt.</summary>
    /// <param name="prefix">The beginning of a secret, or the whole of a name such as a client's id; null for one that many share, such as a JWT's.</param>
    /// <param name="address">Null when it is not known. This machine's own is not counted: behind a local proxy that the settings do not name it is everybody's.</param>
    /// <returns>How long to wait before the next one; zero when there were few.</returns>
    public TimeSpan Slow(string? prefix, IPAddress? address)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            var byPrefix = string.IsNullOrEmpty(prefix) ? TimeSpan.Zero : Count("credential " + prefix, now);
            var byAddress = address is null || IPAddress.IsLoopback(address) ? TimeSpan.Zero : Count("address " + ClientAddress.Network(address), now);
            return byPrefix > byAddress ? byPrefix : byAddress;
        }
    }

    /// <summary>The answer to a credential that did not hold: <paramref name="otherwise"/>, or 429 when too many did not.</summary>
    /// <param name="credential">What was tried; null when nothing was, which is no attempt.</param>
    public ProblemException Refuse(HttpContext context, string? credential, ProblemException otherwise) => string.IsNullOrEmpty(credential)
        ? Uncounted(otherwise)
        : IsSlowed(context, Prefix(credential)) ? Problem.TooManyFailures.With($"More than {FreeMax} attempts within a minute failed; one that is valid passes at once, others wait.") : otherwise;

    /// <summary>Counts a failed attempt, and says in the answer's <c>Retry-After</c> how long to wait if there were too many.</summary>
    /// <param name="prefix">See <see cref="Slow"/>.</param>
    public bool IsSlowed(HttpContext context, string? prefix)
    {
        var pause = Slow(prefix, addresses.Of(context));
        EdgeTelemetry.Refused(pause > TimeSpan.Zero ? "slowed" : "wrong");
        if (pause <= TimeSpan.Zero) return false;
        context.Response.Headers.RetryAfter = pause.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return true;
    }

    private static ProblemException Uncounted(ProblemException refused)
    {
        EdgeTelemetry.Refused("missing");
        return refused;
    }

    /// <summary>Null for a JWT: all of them begin alike.</summary>
    internal static string? Prefix(string credential) =>
        credential.AsSpan().Count('.') == 2 ? null : credential.Length <= PrefixChars ? credential : credential[..PrefixChars];

    private TimeSpan Count(string of, DateTimeOffset now)
    {
        var known = newer.TryGetValue(of, out var before) || older.TryGetValue(of, out before);
        // Ten in a minute: a minute without any ends it, and so does one that was not full.
        var over = !known || now - before.Last >= Window || (before.Count <= FreeMax && now - before.Since >= Window);
        var after = over ? new Failures(1, now, now) : before with { Count = before.Count + 1, Last = now };
        if (newer.Count >= RememberedMin && !newer.ContainsKey(of)) (older, newer) = (newer, []);
        newer[of] = after;
        if (after.Count <= FreeMax) return TimeSpan.Zero;
        var doubled = TimeSpan.FromSeconds(1 << Math.Min(after.Count - FreeMax - 1, 6));
        return doubled < PauseMax ? doubled : PauseMax;
    }
}

using System.Globalization;
using EventMesh.Domain.Limits;

namespace EventMesh.Api.Limits;

/// <summary>What a request heard of the limit that is nearest to being reached.</summary>
/// <param name="Limit">Its name, such as <c>events_per_month</c>.</param>
/// <param name="Allowed">The number that the name asks for.</param>
/// <param name="Capacity">How much may be used at once.</param>
/// <param name="Left">How much of that may be used now, as far as this node knows.</param>
/// <param name="WholeInSeconds">Until all of it may be used again.</param>
/// <param name="RetryInSeconds">Until what was asked for may be used.</param>
public sealed record Allowance(string Limit, long Allowed, long Capacity, long Left, double WholeInSeconds, double RetryInSeconds, Overage Overage)
{
    /// <summary>Seconds as <c>Retry-After</c> says them (RFC 9110 §10.2.3): whole, and at least one.</summary>
    public long RetryAfter => Math.Max(1, (long)Math.Ceiling(RetryInSeconds));

    /// <summary>The three headers of draft-ietf-httpapi-ratelimit-headers-06.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        headers["RateLimit-Limit"] = Text(Capacity);
        headers["RateLimit-Remaining"] = Text(Left);
        headers["RateLimit-Reset"] = Text((long)Math.Ceiling(WholeInSeconds));
    }

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

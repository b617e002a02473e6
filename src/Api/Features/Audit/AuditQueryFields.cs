using System.Globalization;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Audit;

namespace EventMesh.Api.Features.Audit;

public enum AuditFormat { Json, Ndjson, Csv }

/// <summary>What of an audit is asked for, and in which form.</summary>
/// <param name="MinPosition">What the list has to have taken in.</param>
public sealed record AuditQueryFields(AuditFilter Filter, AuditFormat Format, AuditCursor? Cursor, Position MinPosition)
{
    private const int TextCharsMax = 200;

    private static readonly string[] Names = ["actor", "action", "resource", "correlation", "elevation", "since", "until", "outcome", "min_position", "format", "limit", "cursor"];

    /// <exception cref="ProblemException">400: something of it is wrong; each is named.</exception>
    public static AuditQueryFields Read(HttpRequest request, Page page, IReadOnlyCollection<string> types)
    {
        var (query, checks) = (request.Query, new Checks());
        // A filter that nobody knows would silently find everything.
        foreach (var name in query.Keys.Where(n => !Names.Contains(n))) checks.Add(name, $"is not a parameter of this; there are {string.Join(", ", Names)}");
        foreach (var name in Names.Where(n => query[n].Count > 1)) checks.Add(name, "is given more than once");
        var filter = new AuditFilter
        {
            Actor = Text("actor"), Types = Actions(Text("action"), types, checks), Resource = Text("resource"), Correlation = Text("correlation"), Elevation = Text("elevation"),
            Since = Time("since"), Until = Time("until"), Outcome = Text("outcome"),
        };
        checks.That(filter.Elevation is null || filter.Elevation.StartsWith("elv_", StringComparison.Ordinal), "elevation", "is not the id of an elevation, elv_…");
        checks.That(filter.Outcome is null || AuditOutcome.All.Contains(filter.Outcome), "outcome", $"must be one of {string.Join(", ", AuditOutcome.All)}");
        checks.That(filter is not { Since: { } since, Until: { } until } || since < until, "until", "must be later than since");
        var cursor = default(AuditCursor);
        checks.That(page.After is null || AuditCursor.TryParse(page.After, out cursor), "cursor", "is not one that this list gave as next");
        var minPosition = default(Position);
        checks.That(Text("min_position") is not { } text || Position.TryParse(text, out minPosition), "min_position", "is not a position that was given here");
        var format = FormatOf(request, Text("format"), checks);
        checks.That(format == AuditFormat.Json || query["limit"].Count == 0, "limit", "is for pages; this form has everything that matches");
        checks.Done();
        return new(filter, format, page.After is null ? null : cursor, minPosition);

        string? Text(string name)
        {
            var value = query[name].ToString();
            checks.That(value.Length <= TextCharsMax || name == "action", name, $"has at most {TextCharsMax} characters");
            checks.That(Checks.IsText(value), name, "may not contain control characters or unpaired surrogates");
            return value.Length == 0 ? null : value;
        }

        DateTimeOffset? Time(string name)
        {
            // A plus in a query that nobody escaped is a space.
            if (Text(name)?.Replace(' ', '+') is not { } text) return null;
            if (Rfc3339.IsTimestamp(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time.ToUniversalTime();
            checks.Add(name, "is not a time (RFC 3339, such as 2026-11-21T12:00:00Z)");
            return null;
        }
    }

    private static string[]? Actions(string? asked, IReadOnlyCollection<string> types, Checks checks)
    {
        if (asked is null or "*") return null;
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var one in asked.Split(',', StringSplitOptions.TrimEntries))
        {
            var before = found.Count;
            if (one.EndsWith('*')) found.UnionWith(types.Where(t => t.StartsWith(one[..^1], StringComparison.Ordinal)));
            else if (types.Contains(one)) found.Add(one);
            else checks.Add("action", $"has '{(one.Length <= TextCharsMax ? one : one[..TextCharsMax])}', which is not the name of a stored event");
            if (one.EndsWith('*')) checks.That(found.Count > before || types.Any(t => t.StartsWith(one[..^1], StringComparison.Ordinal)), "action", $"has '{(one.Length <= TextCharsMax ? one : one[..TextCharsMax])}', and no stored event is named so");
        }
        return [.. found];
    }

    private static AuditFormat FormatOf(HttpRequest request, string? asked, Checks checks)
    {
        switch (asked)
        {
            case "json": return AuditFormat.Json;
            case "ndjson": return AuditFormat.Ndjson;
            case "csv": return AuditFormat.Csv;
            case not null: checks.Add("format", "must be one of json, ndjson, csv"); return AuditFormat.Json;
        }
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("application/x-ndjson", StringComparison.OrdinalIgnoreCase) ? AuditFormat.Ndjson
            : accept.Contains("text/csv", StringComparison.OrdinalIgnoreCase) ? AuditFormat.Csv : AuditFormat.Json;
    }
}

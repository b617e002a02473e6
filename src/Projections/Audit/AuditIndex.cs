namespace EventMesh.Projections.Audit;

/// <summary>
/// One condition of a filter, as SQL over <c>eventmesh.audit a</c>: the index that finds what keeps it, newest first, and the question to a row found by another index.
/// Parameters: $1, $2 the cursor; $3 since; $4 actor; $5 types; $6 streams of the resource; $7 correlation; $8 elevation; $9 outcome; $10 the resource.
/// </summary>
/// <param name="Holds">Whether a row keeps the condition.</param>
/// <param name="Followed">The newest rows that keep it, as many as are asked for; null when no index holds them by themselves.</param>
internal sealed record AuditIndex(string Holds, Func<int, string>? Followed)
{
    /// <summary>These are most of all events, and not in the index by type.</summary>
    private static readonly string[] Frequent = ["event_published", "event_routed", "delivery_succeeded"];

    private const string Rare = "a.type not in ('event_published', 'event_routed', 'delivery_succeeded')";
    private const string Own = "eventmesh";

    public const string NewestFirst = "order by a.at desc, a.seq desc";
    private const string Bounds = "(a.at, a.seq) < ($1, $2) and a.at >= $3";

    /// <summary>Every row.</summary>
    public static readonly AuditIndex Newest = new("true", n => Where("true", n));

    public static IReadOnlyList<AuditIndex> Of(AuditFilter filter)
    {
        var all = new List<AuditIndex>();
        if (filter.Resource is not null) all.Add(new($"(a.resource_1 = $10 or a.resource_2 = $10 or {OfEvent($"e.stream_id = any({Streams("$10", "$6")})")})", n => Union(n,
            Where("a.resource_1 = $10", n), Where("a.resource_2 = $10", n), InStreams(Streams("$10", "$6"), "true", n))));
        if (filter.Correlation is not null) all.Add(new($"(a.correlation = $7 or {OfEvent("e.correlation_id = $7")})", n => Union(n,
            Where("a.correlation = $7", n), InStreams(Streams("$7", "array[$7]"), "e.correlation_id = $7", n))));
        if (filter.Elevation is not null) all.Add(new("a.elevation = $8", n => Where("a.elevation = $8", n)));
        if (filter.Outcome is { } outcome) all.Add(outcome == AuditOutcome.Succeeded ? new("a.outcome is null", null) : new("a.outcome = $9", n => Where("a.outcome = $9", n)));
        if (filter.Types is { } types) all.Add(new("a.type = any($5)", types.Any(Frequent.Contains) ? null : n => OfTypes(Math.Max(1, n / Math.Max(1, types.Count)))));
        if (filter.Actor is { } actor) all.Add(new("a.actor = $4", actor == Own ? null : n => Where($"a.actor = $4 and a.actor <> '{Own}'", n)));
        return all;
    }

    private static string Where(string condition, int rows) => $"select a.* from eventmesh.audit a where {condition} and {Bounds} {NewestFirst} limit {rows}";

    // Each type has its place in the index, whose rows are in order; together they are sorted.
    private static string OfTypes(int rows) => $"""
        select a.* from unnest($5) as t(type) cross join lateral ({Where($"a.type = t.type and {Rare}", rows)}) a {NewestFirst} limit {rows}
        """;

    private static string Union(int rows, params ReadOnlySpan<string> parts) => $"select a.* from (({string.Join(") union (", parts)})) a {NewestFirst} limit {rows}";

    /// <summary>The rows of the events of some streams.</summary>
    private static string InStreams(string streams, string condition, int rows) => $"""
        select a.* from (
          select e.timestamp, e.seq_id from public.mt_events e
          where e.stream_id = any({streams}) and {condition} and (e.timestamp, e.seq_id) < ($1, $2) and e.timestamp >= $3
          order by e.timestamp desc, e.seq_id desc limit {rows}
        ) s join eventmesh.audit a on a.at = s.timestamp and a.seq = s.seq_id
        """;

    /// <summary>What happens to a published event happens in the streams of its deliveries, which its routing names.</summary>
    private static string Streams(string published, string own) => $"""
        array(
          select unnest({own}::varchar[]) union all
          select planned.id from public.mt_events r cross join lateral (
            select d ->> 'id' as id from jsonb_array_elements(case when jsonb_typeof(r.data -> 'deliveries') = 'array' then r.data -> 'deliveries' else '[]' end) as d
          ) planned where r.stream_id = {published} and r.type = 'event_routed')
        """;

    private static string OfEvent(string condition) => $"exists (select from public.mt_events e where e.seq_id = a.seq and {condition})";
}

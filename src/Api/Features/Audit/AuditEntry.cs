using System.Text.Json;

namespace EventMesh.Api.Features.Audit;

/// <summary>One thing that happened, as auditors read it.</summary>
/// <param name="Action">The event's stored name.</param>
/// <param name="Outcome"><c>succeeded</c>, <c>refused</c> or <c>failed</c>.</param>
/// <param name="From">The network that it was asked for from; null for what nobody asked for, and for what happened before networks were kept.</param>
/// <param name="Elevation">The elevation under which a platform admin did it.</param>
/// <param name="Sentence">What happened, in English. For people: its words may change, the other members do not.</param>
/// <param name="Data">What was stored.</param>
/// <param name="Changes">Of what is configured, what was before and is after; null of everything else.</param>
public sealed record AuditEntry(
    DateTimeOffset At, AuditActor Actor, string Action, AuditResource? Resource, string Outcome, string? From, string? CorrelationId, string? CausationId, string? Elevation,
    string Position, string Stream, long Version, string Sentence, JsonElement Data, IReadOnlyList<AuditChange>? Changes);

/// <param name="Id">Null for what nobody is known to have done.</param>
/// <param name="Name">Of a key, a service account or a source; people have ids alone.</param>
public sealed record AuditActor(string? Id, string Kind, string? Name);

/// <param name="Name">The last that it is known by.</param>
public sealed record AuditResource(string Id, string Kind, string? Name);

/// <param name="Path">Such as <c>config.url</c>.</param>
/// <param name="Before">Null when it was not there.</param>
/// <param name="After">Null when it is not there any more.</param>
public sealed record AuditChange(string Path, JsonElement? Before, JsonElement? After);

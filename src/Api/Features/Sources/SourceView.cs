using System.Text.Json.Serialization;
using EventMesh.Api.Inbound;
using EventMesh.Domain.Sources;
using EventMesh.Projections.Inbound;

namespace EventMesh.Api.Features.Sources;

/// <summary>A source as it is shown: everything but its token and its secrets.</summary>
/// <param name="Secrets">Which secrets hold, and until when; without the secrets themselves.</param>
/// <param name="Received">What became of the requests to it; left out of lists.</param>
public sealed record SourceView(
    string Id, string Name, string Status, VerificationFields Verification, SourceFields.EventFields Event, IReadOnlyList<SourceSecret> Secrets, long Version, DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SourceView.ReceivedCounts? Received = null)
{
    /// <param name="Duplicates">Of the accepted: those whose event had been published before.</param>
    /// <param name="RefusedBy">How many were refused for which reason.</param>
    public sealed record ReceivedCounts(
        long Accepted, long Duplicates, long Refused, IReadOnlyDictionary<string, long> RefusedBy, DateTimeOffset? LastAcceptedAt, DateTimeOffset? LastRefusedAt, string? LastRefusal)
    {
        public static ReceivedCounts Of(IReadOnlyList<InboundCount> counts)
        {
            var taken = counts.Where(c => c.Outcome is InboundCounters.Accepted or InboundCounters.Duplicate).ToArray();
            var refused = counts.Except(taken).ToArray();
            var last = refused.OrderByDescending(c => c.LastAt).Select(c => (InboundCount?)c).FirstOrDefault();
            return new(taken.Sum(c => c.Count), taken.Where(c => c.Outcome == InboundCounters.Duplicate).Sum(c => c.Count), refused.Sum(c => c.Count),
                refused.ToDictionary(c => c.Outcome, c => c.Count), taken.Length == 0 ? null : taken.Max(c => c.LastAt), last?.LastAt, last?.Outcome);
        }
    }

    /// <summary>Null when it is deleted, or never was.</summary>
    public static SourceView? Of(string id, long version, Source source, DateTimeOffset now) => source switch
    {
        Source.Enabled s => Of(id, "enabled", s.Settings, s.Secrets, version, s.CreatedAt, now),
        Source.Disabled s => Of(id, "disabled", s.Settings, s.Secrets, version, s.CreatedAt, now),
        _ => null,
    };

    private static SourceView Of(string id, string status, SourceSettings settings, IReadOnlyList<SourceSecret> secrets, long version, DateTimeOffset createdAt, DateTimeOffset now) => new(
        id, settings.Name, status, VerificationFields.Of(settings.Verification),
        new(settings.Envelope.Source ?? "/sources/" + id, Of(settings.Envelope.Type), Of(settings.Envelope.Subject), Of(settings.Envelope.Id)),
        [.. Source.Holding(secrets, now)], version, createdAt);

    private static SourceFields.TakenFields? Of(TakenFrom? from) => from is null ? null : new(from.Value, from.Header, from.Path, from.Prefix);
}

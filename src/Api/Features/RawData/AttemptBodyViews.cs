using EventMesh.Api.Edge;
using EventMesh.Delivery;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.RawData;

/// <summary>What was said in an attempt.</summary>
/// <param name="Request">What a mapping made of the event; null when the event was sent as it is, or only its data.</param>
/// <param name="Response">What the target answered, its first 16 KiB; null when it answered nothing.</param>
public sealed record AttemptBodyView(ShownBody? Request, ShownBody? Response);

/// <summary>The bodies of a delivery's attempts, in one round trip.</summary>
public static class AttemptBodyViews
{
    /// <returns>By the attempt's number.</returns>
    public static async Task<IReadOnlyDictionary<int, AttemptBodyView>> Of(
        WorkspaceStore workspace, Call call, string delivery, IEnumerable<DeliveryEvent> happened, Func<StoredBody?, ShownBody> show, CancellationToken stop)
    {
        var made = happened.Select(e => (e.At, Attempt: Made(e))).Where(m => m.Attempt is not null).ToArray();
        var kept = made.Where(m => !Retention.IsOver(m.At, call.Workspace.RetentionDays, call.Now)).ToArray();
        var bodies = await workspace.ReadBodies([.. kept.SelectMany(m => new[] { AttemptBodies.ResponseId(delivery, m.Attempt!.Number), AttemptBodies.RequestId(delivery, m.Attempt.Number) }
            .Select(id => (id, DateOnly.FromDateTime(m.At.UtcDateTime))))], stop);
        return made.ToDictionary(m => m.Attempt!.Number, m => new AttemptBodyView(
            Shown(AttemptBodies.RequestId(delivery, m.Attempt!.Number), m.Attempt.RequestBytes ?? 0), Shown(AttemptBodies.ResponseId(delivery, m.Attempt.Number), m.Attempt.ResponseBytes)));

        ShownBody? Shown(string id, int bytes) => bytes == 0 ? null : show(bodies.GetValueOrDefault(id));
    }

    /// <summary>As it is shown to those who have not asked for the raw data. The paths of a workspace name places in its events; what targets answer and mappings make has places of its own.</summary>
    public static ShownBody Redacted(StoredBody? stored) => ShownBody.Redacted(stored, body => BodyShape.Of(body));

    public static Attempt? Made(DeliveryEvent happened) => happened switch
    {
        DeliveryEvent.DeliverySucceeded succeeded => succeeded.Attempt,
        DeliveryEvent.DeliveryAttemptFailed failed => failed.Attempt,
        _ => null,
    };
}

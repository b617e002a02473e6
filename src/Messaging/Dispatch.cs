using System.Text.Json.Serialization;

namespace EventMesh.Messaging;

/// <summary>Points at one attempt that is due. It never carries a payload: whoever takes it reads the delivery from the log.</summary>
/// <param name="Workspace">The tenant. Each has a queue of its own.</param>
/// <param name="Delivery">Id of the delivery, <c>dlv_…</c>.</param>
/// <param name="Event">Id of the published event, <c>evt_…</c>.</param>
/// <param name="AcceptedAt">When the event was accepted.</param>
/// <param name="Connection">Id of the connection it goes to, <c>con_…</c>.</param>
/// <param name="Rule">Id of the rule that made the delivery, <c>rul_…</c>.</param>
/// <param name="Attempt">Number of the attempt, from 1.</param>
/// <param name="Position">Feed position of what made the attempt due.</param>
/// <param name="TraceParent">W3C <c>traceparent</c> of the publishing request.</param>
/// <param name="Version">Version of the delivery's stream at which the attempt is due; <see cref="VersionUnknown"/> when who put it could not know.</param>
/// <param name="Line">The line the delivery stands in, <c>lin_…</c>: whoever takes this runs the line from its head, whichever delivery that is. Null: it stands alone.</param>
public sealed record Dispatch(
    string Workspace,
    string Delivery,
    string Event,
    DateTimeOffset AcceptedAt,
    string Connection,
    string Rule,
    int Attempt,
    string Position,
    [property: JsonIgnore] string? TraceParent = null,
    long Version = Dispatch.VersionUnknown,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Line = null)
{
    public const long VersionUnknown = -1;
}

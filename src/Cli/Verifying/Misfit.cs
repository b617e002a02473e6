using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Domain.Log;

namespace EventMesh.Cli.Verifying;

/// <summary>What the history does not fit by.</summary>
internal enum Reason
{
    Changed, Added, Missing, Moved, Differs, Cut, Unreadable, OtherWorkspace, OutOfOrder, VersionGap, ForeignBytes,
    CheckpointUnsigned, CheckpointOfAnotherLog, CheckpointsContradict, LeavesDiffer, ReceiptUnsigned, ReceiptUnreadable, ProofFails,
}

/// <summary>The first event that does not fit, or what else is not as it was signed.</summary>
/// <param name="Index">The event's place in the workspace's history, from 0; null when it is not about one.</param>
/// <param name="Since">Where nothing says which event it is: it is one of those from here to <paramref name="Index"/>.</param>
/// <param name="Event">Which, as the line says; null when there is no line.</param>
internal sealed record Misfit(Reason Reason, string Why, long? Index = null, long? Since = null, NamedEvent? Event = null)
{
    public JsonObject ToJson() => new()
    {
        ["reason"] = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(Reason.ToString()), ["why"] = Why, ["index"] = Index, ["since"] = Since,
        ["position"] = Event?.Position, ["stream"] = Event?.Stream, ["version"] = Event?.Version, ["id"] = Event?.Id,
    };
}

/// <summary>How people and programs find an event.</summary>
internal sealed record NamedEvent(string Position, string Stream, long Version, string Id)
{
    public static NamedEvent Of(in EventLine line) =>
        new(Encoding.UTF8.GetString(line.Position), Encoding.UTF8.GetString(line.Stream), line.Version, Encoding.UTF8.GetString(line.Id));

    public override string ToString() => $"{Stream} version {Version} at {Position}";
}

using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Operations;

/// <summary>What a stored event is told as; most are told as nothing.</summary>
public static class Telling
{
    /// <summary>Failed attempts in a row after which a delivery is told of.</summary>
    public const int FailingAfter = 4;

    /// <param name="history">Of a delivery, the events of its stream up to and with this one; else not looked at.</param>
    /// <returns>Null when there is nothing to tell: above all nothing about operational connections and what is delivered to them.</returns>
    public static OperationalEvent? Of(StoredEvent stored, IReadOnlyList<object> history, ConfiguredWorkspace workspace, EventTypes types) => stored.Type switch
    {
        "limit_exceeded" => AsItIs(stored, "limit.exceeded", $"/v1/workspaces/{workspace.Id}/usage"),
        "replay_finished" => AsItIs(stored, "replay.finished", $"/v1/workspaces/{workspace.Id}/replays/{stored.Stream}"),
        _ => types.Read(stored) switch
        {
            ConnectionEvent.ConnectionDisabled disabled => About(stored, "connection.disabled", workspace, ("reason", NameOf(disabled.Reason))),
            ConnectionEvent.ConnectionEnabled => About(stored, "connection.enabled", workspace),
            ConnectionEvent.ConnectionCredentialRevoked revoked => About(stored, "connection.credential_revoked", workspace, ("reason", NameOf(revoked.Reason))),
            ConnectionEvent.ConnectionNeedsAttention needs => About(stored, "connection.needs_attention", workspace, ("reason", NameOf(needs.Reason)), ("error", needs.Error)),
            DeliveryEvent.DeliveryAttemptFailed { RetryAt: { } retryAt } failed when FailuresInARow(history) == FailingAfter =>
                About(stored, "delivery.failing", workspace, failed.Of, ("failed_attempts", FailingAfter), ("last_attempt", Node(failed.Attempt)), ("next_attempt_at", Node(retryAt))),
            DeliveryEvent.DeliveryDeadLettered dead =>
                About(stored, "delivery.exhausted", workspace, dead.Of, ("reason", NameOf(dead.Reason)), ("attempts", AttemptsOf(history)), ("last_attempt", Node(LastFailure(history)))),
            DeliveryEvent.DeliverySucceeded succeeded when WasToldOf(history) =>
                About(stored, "delivery.recovered", workspace, succeeded.Of, ("attempts", succeeded.Attempt.Number), ("last_attempt", Node(succeeded.Attempt))),
            _ => null,
        },
    };

    private static OperationalEvent AsItIs(StoredEvent stored, string type, string path)
    {
        var data = JsonNode.Parse(stored.Data.Span)?.AsObject() ?? [];
        data["workspace"] = stored.Workspace;
        data["path"] = path;
        return new(stored, type, stored.Stream, data);
    }

    private static OperationalEvent? About(StoredEvent stored, string type, ConfiguredWorkspace workspace, params ReadOnlySpan<(string Name, JsonNode? Value)> facts) =>
        ConnectionIn(workspace, stored.Stream) is { } connection ? new(stored, type, stored.Stream, Data(stored, [("connection", connection), .. facts])) : null;

    private static OperationalEvent? About(StoredEvent stored, string type, ConfiguredWorkspace workspace, DeliveryTarget of, params ReadOnlySpan<(string Name, JsonNode? Value)> facts) =>
        ConnectionIn(workspace, of.Connection) is { } connection
            ? new(stored, type, stored.Stream, Data(stored, [
                ("delivery", Named(stored.Stream, $"{PathOf(workspace)}/deliveries/{stored.Stream}")), ("event", Named(of.Event, $"{PathOf(workspace)}/events/{of.Event}")),
                ("connection", connection), ("rule", of.Rule), .. facts]))
            : null;

    private static JsonObject Data(StoredEvent stored, ReadOnlySpan<(string Name, JsonNode? Value)> facts)
    {
        var data = new JsonObject { ["workspace"] = stored.Workspace };
        foreach (var (name, value) in facts)
            if (value is not null) data[name] = value;
        data["at"] = Node(stored.At);
        return data;
    }

    /// <summary>Null for one that is operational itself.</summary>
    private static JsonObject? ConnectionIn(ConfiguredWorkspace workspace, string id)
    {
        var connection = workspace.Connections.GetValueOrDefault(id, Connection.Initial);
        if (connection.IsOperational) return null;
        var named = Named(id, $"{PathOf(workspace)}/connections/{id}");
        named["name"] = connection switch { Connection.Enabled enabled => enabled.Name, Connection.Disabled disabled => disabled.Name, _ => null };
        return named;
    }

    private static JsonObject Named(string id, string path) => new() { ["id"] = id, ["path"] = path };

    private static string PathOf(ConfiguredWorkspace workspace) => "/v1/workspaces/" + workspace.Id;

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, EventTypes.Json);

    private static string NameOf<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static int FailuresInARow(IReadOnlyList<object> history) => history.Reverse().TakeWhile(e => e is not DeliveryEvent.DeliverySucceeded).Count(e => e is DeliveryEvent.DeliveryAttemptFailed);

    /// <summary>Whether failing or exhausted was told since the success before this one.</summary>
    private static bool WasToldOf(IReadOnlyList<object> history)
    {
        var before = history.Take(history.Count - 1).Reverse().TakeWhile(e => e is not DeliveryEvent.DeliverySucceeded).ToArray();
        return before.Any(e => e is DeliveryEvent.DeliveryDeadLettered) || before.Count(e => e is DeliveryEvent.DeliveryAttemptFailed) >= FailingAfter;
    }

    private static int AttemptsOf(IReadOnlyList<object> history) => LastFailure(history)?.Number ?? 0;

    private static Attempt? LastFailure(IReadOnlyList<object> history) => history.OfType<DeliveryEvent.DeliveryAttemptFailed>().LastOrDefault()?.Attempt;
}

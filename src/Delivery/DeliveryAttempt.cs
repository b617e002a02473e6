using EventMesh.Connectors;
using EventMesh.Delivery.Credentials;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <param name="Outcome">How it ended; null when nothing was sent.</param>
/// <param name="After">What the delivery is since; as before when the attempt was not awaited, or overtaken.</param>
public sealed record AttemptMade(Outcome? Outcome, Domain.Deliveries.Delivery After);

/// <summary>One attempt of one delivery: load, send, decide, append.</summary>
public sealed partial class DeliveryAttempt(
    Store store, IndexFollower follower, IReadOnlyDictionary<string, IConnector> connectors, SigningSecrets secrets, Authorizers authorizers, TimeProvider clock, ILogger<DeliveryAttempt> log)
{
    private const int UnauthorizedStatus = 401;

    /// <summary>When the target did not accept a token, and the next attempt will carry another.</summary>
    private static readonly TimeSpan WithNewToken = TimeSpan.FromSeconds(2);

    private const string PayloadBroken = "The event's body is kept and does not open: it was changed in the database, or the key that sealed it is gone.";

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    /// <summary>When this returns the outcome is committed, or the attempt was no longer awaited.</summary>
    /// <exception cref="StoreUnavailable">The outcome may not be stored.</exception>
    public async Task<AttemptMade> Make(Dispatch dispatch, Loaded loaded, CancellationToken stop)
    {
        // What was revoked a second ago, a connection, a secret, a credential, is used no more, though the index may have fallen behind.
        await follower.EnsureCurrent(dispatch.Workspace, stop).ConfigureAwait(false);
        var workspace = follower.Index.Find(dispatch.Workspace) ?? ConfiguredWorkspace.Empty(dispatch.Workspace);
        var state = loaded.Stream.Events.Aggregate(Domain.Deliveries.Delivery.Initial, (s, e) => Domain.Deliveries.Delivery.Evolve(s, (DeliveryEvent)store.Types.Read(e)));
        // By version, because a retry that was asked for and the automatic one that it came before have the same number.
        if (dispatch.Version != Dispatch.VersionUnknown && dispatch.Version != loaded.Stream.Version) return new(null, state);
        if (!DeliveryDecider.Awaits(state, dispatch.Attempt)) return new(null, state);

        var of = new DeliveryTarget(dispatch.Event, dispatch.AcceptedAt, dispatch.Connection, dispatch.Rule, dispatch.Line);
        switch (workspace.Connections.GetValueOrDefault(dispatch.Connection, Connection.Initial))
        {
            // A shorter plan holds at once, also for what was stored under a longer one.
            case Connection.Enabled connection when !Retention.IsOver(dispatch.AcceptedAt, workspace.RetentionDays, clock.GetUtcNow()) && (loaded.Payload is not null || loaded.Broken is not null):
                return await Send(dispatch, of, workspace, connection, loaded, state, stop).ConfigureAwait(false);
            case Connection.Enabled:
                return await Discard(DiscardedBecause.PayloadExpired).ConfigureAwait(false);
            case Connection.Disabled:
                return await Discard(DiscardedBecause.ConnectionDisabled).ConfigureAwait(false);
            default:
                return await Discard(DiscardedBecause.ConnectionDeleted).ConfigureAwait(false);
        }

        async Task<AttemptMade> Discard(DiscardedBecause reason)
        {
            Discarded(dispatch.Workspace, workspace.Environment, dispatch.Delivery, dispatch.Connection, reason.ToString());
            var command = new DeliveryCommand.DiscardDelivery(of, dispatch.Attempt, reason, clock.GetUtcNow());
            return new(null, await Record(dispatch, state, loaded.Stream.Version, command, [], dispatch.TraceParent, stop).ConfigureAwait(false));
        }
    }

    private async Task<AttemptMade> Send(
        Dispatch dispatch, DeliveryTarget of, ConfiguredWorkspace workspace, Connection.Enabled connection, Loaded loaded, Domain.Deliveries.Delivery state, CancellationToken stop)
    {
        using var span = Telemetry.Start("delivery.attempt", dispatch.TraceParent, workspace, System.Diagnostics.ActivityKind.Consumer);
        span?.SetTag("delivery_id", dispatch.Delivery).SetTag("connection", dispatch.Connection).SetTag("attempt", dispatch.Attempt);
        var trace = span?.Id ?? dispatch.TraceParent;
        var startedAt = clock.GetUtcNow();
        var (config, version) = (connection.Config, loaded.Stream.Version);
        if (loaded.Payload is not { } body) return new(null, await NotSent(Failure.PayloadBroken, PayloadBroken, []).ConfigureAwait(false));
        if (!MappedBody.Try(workspace.Rules.GetValueOrDefault(dispatch.Rule)?.Mapping, body, out var mapped, out var unfit)) return new(null, await NotSent(Failure.MappingFailed, unfit, []).ConfigureAwait(false));
        var authorized = await authorizers.Authorize(dispatch.Workspace, dispatch.Connection, connection, dispatch.Delivery, stop).ConfigureAwait(false);
        if (authorized is Authorized.Unusable unusable)
            return new(null, await NotSent(unusable.Kind, unusable.Error, CredentialHold.IsOver(connection.Credential, startedAt) ? [] : config.RetrySchedule ?? RetrySchedule.Default).ConfigureAwait(false));
        var authorization = ((Authorized.Ready)authorized).Authorization;
        var signing = await secrets.Of(RunContext.Of(dispatch), dispatch.Connection, connection.Secrets.ActiveAt(startedAt), stop).ConfigureAwait(false);
        var outcome = await connectors[connection.Kind].Send(
            new Outgoing(dispatch.Workspace, dispatch.Connection, dispatch.Delivery, dispatch.Attempt, config.Url, config.Headers ?? NoHeaders,
                config.Body == WebhookBody.Data ? BodyKind.Data : BodyKind.CloudEvent, signing, body, startedAt, trace, config.LegacySignature?.Header, mapped, authorization),
            stop).ConfigureAwait(false);

        var (name, status, error) = outcome is Outcome.Failed f ? (NameOf(f.Kind), f.Status, f.Error) : ("delivered", (int?)((Outcome.Delivered)outcome).Status, null);
        var made = new Attempt(dispatch.Attempt, startedAt, outcome.DurationMs, name, status, error, outcome.ResponseBody.Length, mapped?.Length);
        var now = clock.GetUtcNow();
        TimeSpan? soon = status == UnauthorizedStatus && authorizers.Refused(dispatch.Workspace, dispatch.Connection, connection, dispatch.Delivery, authorization) ? WithNewToken : null;
        DeliveryCommand command = outcome is Outcome.Failed failed
            ? new DeliveryCommand.RecordFailure(of, made, failed.Kind, config.RetrySchedule ?? RetrySchedule.Default, failed.RetryAfter, Random.Shared.NextDouble(), now, soon)
            : new DeliveryCommand.RecordSuccess(of, made, now);
        var bodies = AttemptBodies.Of(dispatch.Delivery, dispatch.Attempt, now, workspace.RetentionDays, mapped, outcome);
        var after = await Record(dispatch, state, version, command, bodies, trace, stop).ConfigureAwait(false);
        if (outcome is Outcome.Failed { Kind: Failure.Gone }) await Disable(dispatch, trace, stop).ConfigureAwait(false);

        span?.SetTag("outcome", name);
        Telemetry.Attempts.Add(1, new KeyValuePair<string, object?>("outcome", name));
        Telemetry.AttemptDuration.Record(outcome.DurationMs);
        Attempted(dispatch.Workspace, workspace.Environment, dispatch.Delivery, dispatch.Event, dispatch.Connection, dispatch.Rule, dispatch.Attempt, name, status, outcome.DurationMs);
        return new(outcome, after);

        // Without a request. An empty schedule makes a dead letter that says why.
        Task<Domain.Deliveries.Delivery> NotSent(Failure kind, string reason, IReadOnlyList<int> schedule)
        {
            var ended = clock.GetUtcNow();
            var failed = new Attempt(dispatch.Attempt, startedAt, (ended - startedAt).TotalMilliseconds, NameOf(kind), null, reason, 0);
            Telemetry.Attempts.Add(1, new KeyValuePair<string, object?>("outcome", failed.Outcome));
            Attempted(dispatch.Workspace, workspace.Environment, dispatch.Delivery, dispatch.Event, dispatch.Connection, dispatch.Rule, dispatch.Attempt, failed.Outcome, null, failed.DurationMs);
            return Record(dispatch, state, version, new DeliveryCommand.RecordFailure(of, failed, kind, schedule, null, Random.Shared.NextDouble(), ended), [], trace, stop);
        }
    }

    /// <returns>What the delivery is since; as before when the attempt was overtaken.</returns>
    private async Task<Domain.Deliveries.Delivery> Record(Dispatch dispatch, Domain.Deliveries.Delivery state, long version, DeliveryCommand command, IReadOnlyList<Payload> bodies, string? trace, CancellationToken stop)
    {
        var happened = DeliveryDecider.Decide(command, state);
        if (happened.Length == 0) return state;
        var at = happened[0].At;
        try
        {
            await store.For(dispatch.Workspace).Append(dispatch.Delivery, "delivery", version, happened,
                new EventMetadata(at, "eventmesh", dispatch.Event, dispatch.Event, trace), bodies, stop).ConfigureAwait(false);
            return happened.Aggregate(state, Domain.Deliveries.Delivery.Evolve);
        }
        catch (VersionConflict)
        {
            // Another worker had the same attempt in hand and its outcome stands; the target recognises ours as a repeat by its webhook-id.
            Overtaken(dispatch.Workspace, dispatch.Delivery, dispatch.Attempt);
            return state;
        }
    }

    private Task Disable(Dispatch dispatch, string? trace, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        return store.For(dispatch.Workspace).Decide<Connection, ConnectionEvent>(
            dispatch.Connection, "connection", Connection.Initial, Connection.Evolve,
            connection => connection is Connection.Enabled ? ConnectionDecider.Decide(new ConnectionCommand.DisableConnection(DisabledBecause.Gone, now), connection) : [],
            new EventMetadata(now, "eventmesh", dispatch.Event, dispatch.Delivery, trace), null, stop);
    }

    private static string NameOf(Failure kind) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    [LoggerMessage(EventName = "delivery.attempted", Level = LogLevel.Information,
        Message = "delivery.attempted {tenant_id} {environment} {delivery_id} {event_id} {connection} {rule} {attempt} {outcome} {http_status} {duration_ms}")]
    private partial void Attempted(
        string tenant_id, string environment, string delivery_id, string event_id, string connection, string rule, int attempt, string outcome, int? http_status, double duration_ms);

    [LoggerMessage(EventName = "delivery.discarded", Level = LogLevel.Information, Message = "delivery.discarded {tenant_id} {environment} {delivery_id} {connection} {reason}")]
    private partial void Discarded(string tenant_id, string environment, string delivery_id, string connection, string reason);

    [LoggerMessage(EventName = "delivery.overtaken", Level = LogLevel.Information, Message = "delivery.overtaken {tenant_id} {delivery_id} {attempt}")]
    private partial void Overtaken(string tenant_id, string delivery_id, int attempt);
}

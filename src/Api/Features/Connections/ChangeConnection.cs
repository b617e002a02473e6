using EventMesh.Api.Description;
using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

/// <summary>A merge patch (RFC 7396) of name, config, status and operational: what is left out stays, null takes away.</summary>
public static class ChangeConnection
{
    private static readonly string[] Changeable = ["name", "config", "status", "operational"];

    public static void Map(RouteGroupBuilder connections) => connections.MapPatch("/{id}", Handle)
        .Needs(Permission.WriteConnections).WithIfMatch().WithName("changeConnection").WithSummary("Change, enable or disable a connection")
        .WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<ConnectionView> Handle(string id, Patch patch, Call call, Store store, IndexFollower index, AddressGuard guard, HttpContext context)
    {
        Streams.Named(call, id, "con_", ReadConnections.Missing);
        patch.Only(Changeable);
        var (workspace, expected, stop) = (store.For(call.Workspace.Id), ETag.Expected(context.Request), context.RequestAborted);
        var values = new HeaderValues(() => call.NewId("sec_"));
        var former = Connection.Initial;
        ConnectionEvent[] Decided(Connection state) => Decide(id, former = state, patch, guard, call.Workspace, values, call.Now);

        if (patch.Has("config"))
        {
            var (state, version) = await workspace.Fold<Connection, ConnectionEvent>(id, Connection.Initial, Connection.Evolve, stop);
            // What will be refused is not kept first.
            if (expected is { } wanted && wanted != version) throw new VersionConflict(call.Workspace.Id, id, wanted, version);
            Decided(state);
            call.Subject = id;
            await values.Keep(workspace, id, call.Now, stop);
        }
        var decided = await workspace.Decide<Connection, ConnectionEvent>(id, "connection", Connection.Initial, Connection.Evolve, Decided, call.Metadata(), expected, stop);
        await index.Reach(decided.Position, stop);
        await FormerValues.Destroy(workspace, id, former, decided.State, call.Now, stop);
        ETag.Set(context.Response, decided.Version);
        return (await ReadConnections.Shown([ConnectionView.Of(id, decided.Version, decided.State)!], call, store, stop))[0];
    }

    private static ConnectionEvent[] Decide(string id, Connection state, Patch patch, AddressGuard guard, ConfiguredWorkspace workspace, HeaderValues values, DateTimeOffset now)
    {
        var view = ConnectionView.Of(id, 0, state) ?? throw ProblemAnswer.Missing(ReadConnections.Missing);
        var fields = patch.Onto(new ConnectionFields(view.Name, view.Kind, new(view.Config.Url, view.Config.Headers!, JsonNamingPolicy.SnakeCaseLower.ConvertName(view.Config.Body.ToString()), view.Config.RetrySchedule,
                view.Config.LegacySignature is { } legacy ? new(legacy.Header) : null), Operational: view.Operational));
        var (name, config) = fields.Validated(guard, values, Present(state));
        if (!patch.Has("config")) config = Present(state);
        var changed = ConnectionDecider.Decide(new ConnectionCommand.ChangeConnection(name, config, now, fields.Operational ?? false), state);
        if (fields.Operational == true && !view.Operational && workspace.RulesNaming(id).FirstOrDefault() is { } rule)
            throw Problem.InvalidRequest.At("operational", $"cannot be true while rule {rule} names this connection");
        ConnectionCommand? asked = patch.Status switch
        {
            "enabled" => new ConnectionCommand.EnableConnection(now),
            "disabled" => new ConnectionCommand.DisableConnection(DisabledBecause.Asked, now),
            _ => null,
        };
        return asked is null ? changed : [.. changed, .. ConnectionDecider.Decide(asked, changed.Aggregate(state, Connection.Evolve))];
    }

    private static WebhookConfig Present(Connection state) => state switch
    {
        Connection.Enabled enabled => enabled.Config,
        Connection.Disabled disabled => disabled.Config,
        _ => throw new InvalidOperationException($"{state.GetType().Name} has no configuration."),
    };
}

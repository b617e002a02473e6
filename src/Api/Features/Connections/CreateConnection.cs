using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Limits;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

public static class CreateConnection
{
    /// <param name="Secret">What the webhook's requests are signed with: here and never again; null when receivers verify with <paramref name="PublicKey"/>.</param>
    public sealed record Response(
        string Id, string Name, string Kind, string Status, ConnectionView.WebhookView Config, SigningScheme Scheme, string? Secret, string? PublicKey, long Version, DateTimeOffset CreatedAt, bool Operational,
        CredentialView Credential)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => $"CreateConnection {Id}";
    }

    public static void Map(RouteGroupBuilder connections) => connections.MapPost("", Handle)
        .Needs(Permission.WriteConnections).WithName("createConnection").WithSummary("Create a connection; its signing secret is shown once")
        .Produces<Response>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<ConnectionFields> body, Call call, Store store, IndexFollower index, AddressGuard guard, Providers providers, HttpContext context)
    {
        var values = new HeaderValues(() => call.NewId("sec_"));
        var (name, config, secret, credential) = body.Value.ValidatedNew(guard, providers, values);
        var (workspace, credentialId, id) = (store.For(call.Workspace.Id), call.NewId("sec_"), call.NewId("con_"));
        var command = new ConnectionCommand.CreateConnection(
            name, "webhook", config, call.Now, secret.Scheme == SigningScheme.Hmac ? null : secret.Scheme, secret.PublicKey, body.Value.Operational ?? false);
        ConnectionEvent[] Decide(Connection state)
        {
            var created = ConnectionDecider.Decide(command, state);
            return credential is null ? created : [.. created, .. ConnectionDecider.Decide(credential.As(credentialId, call.Now), created.Aggregate(state, Connection.Evolve))];
        }

        // What will be refused is not kept first.
        Decide(Connection.Initial);
        var decided = await CountLimits.Connection(store, call, async () =>
        {
            await secret.Keep(workspace, id, SigningSecret.FirstId, call.Now, context.RequestAborted);
            await values.Keep(workspace, id, call.Now, context.RequestAborted);
            if (credential is not null) await credential.Keep(workspace, id, credentialId, call.Now, context.RequestAborted);
            return await workspace.Decide<Connection, ConnectionEvent>(
                id, "connection", Connection.Initial, Connection.Evolve, Decide, call.Metadata(), null, context.RequestAborted);
        }, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);

        ETag.Set(context.Response, decided.Version);
        context.Response.Headers.CacheControl = "no-store";
        var view = ConnectionView.Of(id, decided.Version, decided.State)!;
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/connections/{id}",
            new Response(view.Id, view.Name, view.Kind, view.Status, view.Config, secret.Scheme, secret.Shown, secret.PublicKey, view.Version, view.CreatedAt, view.Operational, view.Credential));
    }
}

using System.Text;
using System.Text.Json;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Description;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Events;
using EventMesh.Api.Inbound;
using EventMesh.Api.Limits;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.Projections.Index;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Sources;

/// <summary>
/// Takes a webhook of a provider: finds the source by the token's digest, reads the body, verifies its bytes, and only then looks into it.
/// What is valid goes the way of every published event. What is not is counted, and leaves nothing else behind.
/// </summary>
public sealed class ReceiveWebhook(IndexFollower index, Store store, Limiter limiter, SourceSecrets secrets, InboundCounters counters, UnderWay underWay, FailedAttempts attempts, Refusals refusals, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/in/{token}", (string token, HttpContext context, ReceiveWebhook receive) => receive.Handle(token, context))
        .WithTags("Inbound").WithName("receiveWebhook").WithSummary("Receive a provider's webhook")
        .WithDescription("The address that createSource gave. No bearer token: the request proves itself as its source's verification asks. 202 when its event is stored, 200 with the first answer when it had been.")
        .WithBody("*/*", JsonSchemaType.String, "Whatever the provider sends.")
        .Produces<Answers.Accepted>(StatusCodes.Status202Accepted).Produces<Answers.Accepted>(StatusCodes.Status200OK)
        .WithProblem(StatusCodes.Status400BadRequest).WithProblem(StatusCodes.Status401Unauthorized).WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status404NotFound)
        .WithProblem(StatusCodes.Status413PayloadTooLarge).WithProblem(StatusCodes.Status415UnsupportedMediaType).WithProblem(StatusCodes.Status422UnprocessableEntity)
        .WithProblem(StatusCodes.Status429TooManyRequests).WithProblem(StatusCodes.Status503ServiceUnavailable);

    private async Task Handle(string token, HttpContext context)
    {
        var (workspace, id, source) = Find(token, context);
        if (await index.EnsureCurrent(workspace.Id, context.RequestAborted).ConfigureAwait(false)) (workspace, id, source) = Find(token, context);
        Suspension.Refuse(workspace);
        var call = new Call(new Actor.Sender(id), workspace, null, ClientAddress.From(context), clock) { Subject = id };
        context.Features.Set(call);
        System.Diagnostics.Activity.Current?.SetTag("tenant_id", workspace.Id).SetTag("environment", workspace.Environment).SetTag("actor", id);

        using var turn = underWay.Enter(id) ?? throw Refuse(Refusal.Busy, Busy(context));
        using var body = await Read(context.Request).ConfigureAwait(false);
        var arrived = new Arrived(context.Request.Headers, context.Request.Query, body.Bytes, call.Now);
        var keys = await secrets.Of(workspace.Id, id, source, call.Now, context.RequestAborted).ConfigureAwait(false);
        if (Verifier.Check(source.Settings.Verification, keys, arrived) is { } refusal) throw Refuse(refusal, Invalid(token, context, source.Settings.Verification.Kind));
        secrets.Verified(RunContext.Of(workspace, context.TraceIdentifier), id, source, call.Now);

        using var json = Enveloping.Json(arrived);
        if (source.Settings.Verification.Kind == VerificationKind.Slack && Challenge(json) is { } challenge)
        {
            await Answer(context.Response, challenge).ConfigureAwait(false);
            return;
        }
        await Answers.One(context.Response, await Publish(Enveloping.Event(id, source.Settings, arrived, json)).ConfigureAwait(false)).ConfigureAwait(false);

        async Task<Published> Publish(CloudEvent one)
        {
            try
            {
                var published = await Publishing.One(store, limiter, call, one, null, context.RequestAborted).ConfigureAwait(false);
                counters.Count(workspace.Id, id, published.Duplicate ? InboundCounters.Duplicate : InboundCounters.Accepted);
                return published;
            }
            catch (ProblemException refused)
            {
                throw Refuse(Refusal.Unpublished, refused);
            }
        }

        async ValueTask<ReceivedBody> Read(HttpRequest request)
        {
            try
            {
                return await ReceivedBody.Read(request, EventLimits.EventBytesMax).ConfigureAwait(false);
            }
            catch (ProblemException refused) when (refused.Problem == Problem.TooLarge)
            {
                throw Refuse(Refusal.TooLarge, refused);
            }
        }

        ProblemException Refuse(Refusal reason, ProblemException answer)
        {
            counters.Count(workspace.Id, id, InboundCounters.NameOf(reason));
            return answer;
        }
    }

    /// <summary>A token that is nobody's, one that was, and one of a source that is disabled: the same answer after the same work, which is one look into memory.</summary>
    private (ConfiguredWorkspace Workspace, string Id, Source.Enabled Source) Find(string token, HttpContext context)
    {
        var owner = token.Length <= SourceToken.CharsMax ? index.Index.SourceOf(new SourceToken(token).Sha256) : null;
        if (owner is not null && index.Index.Find(owner.Workspace) is { Workspace: Domain.Workspaces.Workspace.Open } workspace && workspace.Sources.GetValueOrDefault(owner.SourceId) is Source.Enabled source)
            return (workspace, owner.SourceId, source);
        EdgeTelemetry.Inbound("unknown_token");
        throw Unproved(token, context, "unknown_address", ProblemAnswer.Missing("No source receives here."));
    }

    /// <summary>The answer to whoever shows what is not right, who is slowed down when it is often.</summary>
    private ProblemException Unproved(string token, HttpContext context, string reason, ProblemException otherwise)
    {
        var answer = attempts.Refuse(context, token, otherwise);
        refusals.NoteUnknown(answer == otherwise ? reason : Refusals.Slowed, "inbound", context);
        return answer;
    }

    private static ProblemException Busy(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problem.TooManyAtOnce.With($"At most {UnderWay.PerSourceMax} are received at once; try again.");
    }

    // One answer whatever was wrong: why it was, the source's owner reads, not whoever guesses.
    private ProblemException Invalid(string token, HttpContext context, VerificationKind kind)
    {
        context.Response.Headers.WWWAuthenticate = kind == VerificationKind.Basic ? "Basic realm=\"eventmesh\", charset=\"UTF-8\"" : "Signature realm=\"eventmesh\"";
        var invalid = Problem.InvalidSignature.With("The signature or the credentials are missing or do not fit, or the time they were made at is too far from now.");
        // A password may be guessed. A signature may not, and its provider should hear what is wrong however often it asks.
        return kind is VerificationKind.Basic or VerificationKind.ApiKey ? Unproved(token, context, "wrong_password", invalid) : invalid;
    }

    /// <summary>Slack asks once whether an address is its owner's: https://docs.slack.dev/reference/events/url_verification.</summary>
    private static string? Challenge(JsonDocument? json) =>
        json is not null && JsonPlace.Text(json.RootElement, "$.type") == "url_verification" && JsonPlace.Text(json.RootElement, "$.challenge") is { Length: <= EventLimits.AttributeCharsMax } challenge ? challenge : null;

    private static async Task Answer(HttpResponse response, string text)
    {
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), response.HttpContext.RequestAborted).ConfigureAwait(false);
    }
}

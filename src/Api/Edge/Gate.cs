using System.Diagnostics;
using System.Text.Json;
using EventMesh.Api.Door;
using EventMesh.Api.Jose;
using EventMesh.Api.Limits;
using EventMesh.Domain;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Edge;

/// <summary>Everything under /v1 passes here before its body is read: who asks (401), whether they may (403, 404), and how often (429).</summary>
public sealed class Gate(RequestDelegate next, Tokens tokens, IndexFollower index, Limiter limiter, FailedAttempts attempts, Refusals refusals, ElevationUses uses, TimeProvider clock)
{
    private const int CorrelationCharsMax = 128;
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    public async Task Invoke(HttpContext context)
    {
        // Routes are found whatever the case of their letters.
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) && context.GetEndpoint()?.Metadata.GetMetadata<Access.Everybody>() is null) await Enter(context).ConfigureAwait(false);
        await next(context).ConfigureAwait(false);
    }

    private async ValueTask Enter(HttpContext context)
    {
        var actor = await Find(context).ConfigureAwait(false);
        // Who has been told that a key is revoked, relies on it: an index that falls behind lets nobody in on what it remembers.
        if (await index.EnsureCurrent(actor is Actor.Tenant { Workspace: var own } ? own : Domain.Workspaces.Workspace.PlatformId, context.RequestAborted).ConfigureAwait(false))
            actor = await Find(context).ConfigureAwait(false);
        var named = Named(context);
        ConfiguredWorkspace? workspace = null;
        if (context.GetEndpoint()?.Metadata.GetMetadata<Access.Needed>() is { } needed)
        {
            var decision = Access.Authorize(actor, needed.Permission, named, Resource(context.Request.RouteValues));
            if (!decision.Allowed && await Elevated(actor, decision, context.RequestAborted).ConfigureAwait(false) is var (elevated, under)) (actor, decision) = (elevated, under);
            if (decision.Refused is { } refused)
            {
                refusals.Note(actor, decision, context);
                throw refused.Problem.With(refused.Detail);
            }
            // Looked for only where the actor may see it: what another's workspace answers does not depend on whether there is one, not even in time.
            if (named is not null) workspace = await Find(named, context.RequestAborted).ConfigureAwait(false) ?? (needed.AfterPurge ? null : throw NoWorkspace());
            if (workspace is not null && !Suspension.Allows(needed.Permission))
            {
                // As with what is revoked: nobody is let in on what an index remembers that has fallen behind.
                await index.EnsureCurrent(workspace.Id, context.RequestAborted).ConfigureAwait(false);
                Suspension.Refuse(workspace = Existing(workspace.Id) ?? throw NoWorkspace());
            }
            MomentQuery.RefuseUnread(context);
        }

        var call = new Call(actor, workspace, Correlation(context.Request), ClientAddress.From(context), clock);
        context.Features.Set(call);
        await Count(context, call, actor).ConfigureAwait(false);
        if (workspace is not null && call.Elevation is { } elevation && context.GetEndpoint()?.Metadata.GetMetadata<Access.Needed>() is { } used)
            await uses.Tell(call, elevation, used.Permission, context.RequestAborted).ConfigureAwait(false);
        Activity.Current?.SetTag("tenant_id", call.WorkspaceId).SetTag("environment", call.Environment).SetTag("actor", actor.Id).SetTag("elevation", call.Elevation);
    }

    private async ValueTask<Actor> Find(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization;
        var presented = await tokens.Find(authorization, Named(context), context.RequestAborted).ConfigureAwait(false);
        if (context.Features.Get<RequestFacts>() is { } facts) facts.Refusal = presented.Refusal?.ToString();
        if (presented.Actor is { } actor) return actor;
        // Who has to wait for their provider, or for a new token, has guessed nothing.
        var tried = presented.Refusal is TokenRefusal.Expired or TokenRefusal.KeysUnavailable ? null : Credential(authorization);
        // One answer for all that are nobody's, whatever is wrong with them.
        var answer = attempts.Refuse(context, tried, Problem.Unauthorized.With(
            "Send 'Authorization: Bearer <token>' with the admin's token, an API key, or a token of the workspace's issuer or of an identity provider that it trusts."));
        var reason = answer.Problem == Problem.TooManyFailures ? Refusals.Slowed
            : authorization.Count == 0 ? "no_token" : presented.Refusal is { } refusal ? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{refusal}") : "unknown_token";
        refusals.NoteUnknown(reason, TokenKind.Of(authorization), context);
        throw answer;
    }

    private static string? Named(HttpContext context) => context.Request.RouteValues.TryGetValue("ws", out var ws) ? (string)ws! : null;

    /// <summary>Who an admin is in a workspace under an elevation, and whether that may what is asked; null without one. By this node's clock: one that is over gives nothing.</summary>
    private async ValueTask<(Actor.Tenant Actor, Decision Decision)?> Elevated(Actor actor, Decision refused, CancellationToken stop)
    {
        if (actor is not Actor.Admin admin || refused.Workspace is not { } workspace) return null;
        await index.EnsureCurrent(workspace, stop).ConfigureAwait(false);
        if (Under(admin, workspace, refused) is { Decision.Allowed: true } allowed) return allowed;
        // Another node may have been told of the approval a moment ago.
        await index.TryCatchUp(stop).ConfigureAwait(false);
        return Under(admin, workspace, refused);
    }

    /// <summary>Of several elevations the one that allows it, else one whose refusal says more than that its roles are others.</summary>
    private (Actor.Tenant Actor, Decision Decision)? Under(Actor.Admin admin, string workspace, Decision refused)
    {
        (Actor.Tenant Actor, Decision Decision)? best = null;
        foreach (var elevation in index.Index.Elevations.Of(workspace, admin.AdminId, clock.GetUtcNow()))
        {
            var elevated = new Actor.Tenant(workspace, admin.AdminId, elevation.Roles, elevation.Id);
            var decision = Access.Authorize(elevated, refused.Permission, workspace, refused.Resource);
            if (decision.Allowed) return (elevated, decision);
            if (best is null || decision.Refused!.Reason != NotAllowed.NotOfTheRole) best = (elevated, decision);
        }
        return best;
    }

    /// <summary>What a workspace's own ask counts against its limit. Publishing has limits of its own, and the platform's admins none, elevated or not.</summary>
    private async ValueTask Count(HttpContext context, Call call, Actor actor)
    {
        if (actor is not Actor.Tenant { Elevation: null } tenant || context.GetEndpoint()?.Metadata.GetMetadata<Access.Needed>() is null or { Permission: Permission.PublishEvents }) return;
        var taken = await limiter.Take(index.Index.Find(tenant.Workspace) ?? throw NoWorkspace(), LimitedUse.Call, 1, call.Metadata(), context.RequestAborted).ConfigureAwait(false);
        taken.Nearest.WriteTo(context.Response.Headers);
    }

    /// <summary>The same for another's workspace as for none.</summary>
    public static ProblemException NoWorkspace() => ProblemAnswer.Missing(NotAllowed.Other.Detail);

    /// <summary>What the route names beside the workspace: the last of its parameters.</summary>
    private static string? Resource(RouteValueDictionary values) => values.LastOrDefault(v => v.Key != "ws").Value as string;

    private async ValueTask<ConfiguredWorkspace?> Find(string id, CancellationToken stop)
    {
        if (!Ids.IsWorkspace(id)) return null;
        if (Existing(id) is { } known) return known;
        // Another node may have created it a moment ago.
        await index.Fresh(LookTimeout, stop).ConfigureAwait(false);
        return Existing(id);
    }

    private ConfiguredWorkspace? Existing(string id) =>
        index.Index.Find(id) is { Workspace: Domain.Workspaces.Workspace.Open } workspace ? workspace : null;

    /// <summary>What stands behind the name of its scheme.</summary>
    private static string? Credential(string? authorization) => authorization?.Trim() is { Length: > 0 } given ? given[(given.IndexOf(' ') + 1)..] : null;

    private static string? Correlation(HttpRequest request)
    {
        if (!request.Headers.TryGetValue("X-Correlation-Id", out var values)) return null;
        var given = values.ToString();
        if (given.Length == 0) return null;
        return given.Length <= CorrelationCharsMax && given.All(c => c is > ' ' and <= '~') ? given
            : throw Problem.InvalidRequest.At("X-Correlation-Id", $"has at most {CorrelationCharsMax} printable ASCII characters without spaces");
    }
}

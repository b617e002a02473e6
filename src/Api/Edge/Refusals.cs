using System.Security.Cryptography;
using System.Text.Json;
using EventMesh.Api.Door;
using EventMesh.Domain;
using EventMesh.Domain.Access;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;

namespace EventMesh.Api.Edge;

/// <summary>
/// Writes down who was refused what: in the history of the actor's own workspace, and for admins and whoever is not known in the platform's. Nothing is written into
/// a workspace that was only asked for: its people would read there of an outsider.
/// </summary>
public sealed partial class Refusals(Store store, TimeProvider clock, ILogger<Refusals> log)
{
    private const int ResourceCharsMax = 64;
    private const int TogetherMax = 100;
    private const string Unknown = "unknown";

    /// <summary>The reason noted of whoever tried too many credentials.</summary>
    public const string Slowed = "slowed";

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    private readonly RefusalTally tally = new();
    private readonly SemaphoreSlim woken = new(0, 1);

    /// <summary>Notes a refusal and ends the request, when there is one.</summary>
    /// <exception cref="ProblemException"><paramref name="refused"/> is not null.</exception>
    public void Demand(Call call, Permission permission, NotAllowed? refused, HttpContext context)
    {
        if (refused is null) return;
        Note(call.Actor, new(permission, call.WorkspaceId, call.Subject, refused), context);
        throw refused.Problem.With(refused.Detail);
    }

    /// <summary>Notes that an actor was refused.</summary>
    public void Note(Actor actor, Decision decision, HttpContext context)
    {
        if (decision.Refused is not { } refused) return;
        var tenant = actor as Actor.Tenant;
        var history = tenant?.Workspace ?? Workspace.PlatformId;
        var asked = decision.Workspace == history || decision.Workspace is null ? null : Ids.IsWorkspace(decision.Workspace) ? decision.Workspace : "?";
        var kind = new RefusalTally.Kind(history, actor.Id, JsonNamingPolicy.SnakeCaseLower.ConvertName(decision.Permission.ToString()), refused.Reason, asked, Elevation: tenant?.Elevation, From: ClientAddress.From(context));
        Add(kind, context, IsId(decision.Resource) ? decision.Resource : null);
    }

    /// <summary>Notes that somebody was refused who is not known. No part of what they showed is kept.</summary>
    /// <param name="reason">One of a closed set, such as <c>no_token</c>, <c>unknown_token</c>.</param>
    /// <param name="tokenKind">See <see cref="TokenKind"/>.</param>
    public void NoteUnknown(string reason, string tokenKind, HttpContext context) =>
        Add(new(Workspace.PlatformId, Unknown, null, reason, TokenKind: tokenKind, From: ClientAddress.From(context)), context, null);

    /// <summary>Writes what there is, while there is anything, and all of it at the end.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await woken.WaitAsync(stop).ConfigureAwait(false);
                while (!tally.IsEmpty)
                {
                    await Task.Delay(Sweep, clock, stop).ConfigureAwait(false);
                    await Write(all: false).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await Write(all: true).ConfigureAwait(false);
        }
    }

    private void Add(RefusalTally.Kind kind, HttpContext context, string? resource)
    {
        var route = context.GetEndpoint() is RouteEndpoint endpoint ? $"{context.Request.Method} {endpoint.RoutePattern.RawText?.TrimEnd('/')}" : null;
        tally.Add(kind, route, resource, clock.GetUtcNow());
        lock (woken)
            if (woken.CurrentCount == 0) woken.Release();
    }

    private async Task Write(bool all)
    {
        var now = clock.GetUtcNow();
        var taken = tally.Take(now, all);
        foreach (var together in taken.GroupBy(t => (t.Kind.History, t.Kind.From)).Chunk(TogetherMax))
        {
            try
            {
                await store.AppendTogether([.. together.Select(t => Prepared(t.Key.History, t.Key.From, [.. t.Select(w => w.Refused)], now))]).ConfigureAwait(false);
            }
            catch (StoreUnavailable away)
            {
                // It may be stored: a refusal told twice is better than one not told.
                if (!all) tally.PutBack(together.SelectMany(t => t));
                NotWritten(together.Sum(t => t.Count()), away.Message);
            }
        }
    }

    private Append Prepared(string history, string? from, object[] refused, DateTimeOffset now) =>
        store.For(history).Prepare(Ids.Sortable("rfs_", now, RandomNumberGenerator.GetBytes(10)), "refusals", 0, refused, new EventMetadata(now, From: from));

    private static bool IsId(string? text) => text is { Length: > 0 and <= ResourceCharsMax } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    [LoggerMessage(EventName = "refusals.not_written", Level = LogLevel.Warning, Message = "{kinds} kinds of refusals could not be written: {reason}")]
    private partial void NotWritten(int kinds, string reason);
}

/// <summary>What a bearer token looks like, without saying anything of the token.</summary>
public static class TokenKind
{
    public static string Of(string? authorization)
    {
        const string scheme = "Bearer ";
        if (string.IsNullOrEmpty(authorization)) return "none";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return "other";
        var token = authorization.AsSpan(scheme.Length).Trim();
        return token.StartsWith(Tokens.KeyPrefix) ? "key" : token.StartsWith(AdminToken.Prefix) ? "admin" : token.Count('.') == 2 ? "jwt" : "other";
    }
}

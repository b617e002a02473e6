using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Feed;

/// <summary>What a reader of the feed asks for.</summary>
/// <param name="After">The position to go on after; null when none is given.</param>
/// <param name="AfterId">The id of the event there, for who wants to be sure that it is the one they have.</param>
/// <param name="Payloads">Whether the bodies of published events come with them.</param>
/// <param name="Progress">Whether they want to hear how far it has come.</param>
public sealed record FeedAsked(FeedFilter Filter, Position? After, Guid? AfterId, DateTimeOffset? Since, DateTimeOffset? Until, bool Payloads, bool Progress)
{
    private const string Data = "data";

    /// <exception cref="ProblemException">Something is wrong, or the actor may not read payloads.</exception>
    public static FeedAsked Of(HttpRequest request, Call call, string? resumed)
    {
        var (query, checks) = (request.Query, new Checks());
        var filter = FeedFilter.Of(query, checks);
        var given = resumed ?? query["after"].ToString();
        var after = Position.Start;
        if (given.Length > 0 && given != "0" && !Position.TryParse(given, out after)) checks.Add(resumed is null ? "after" : "Last-Event-ID", "is not a position that was given here");
        var since = FeedFilter.Time(checks, "since", query["since"]);
        var until = FeedFilter.Time(checks, "until", query["until"]);
        // A follower that lost its connection resumes with the address that it began with.
        checks.That(since is null || resumed is not null || given.Length == 0, "since", "and after are two beginnings; give one");
        checks.That(since is null || until is null || since <= until, "since", "lies behind until");
        Guid? id = null;
        if (resumed is null && query["after_id"].ToString() is { Length: > 0 } named)
        {
            checks.That(given.Length > 0, "after_id", "is the id of the event at after; give that too");
            if (checks.That(Guid.TryParse(named, out var parsed), "after_id", "must be the id of an event, a UUID")) id = parsed;
        }
        var payloads = Included(query["include"], checks);
        var progress = Flag(query["progress"], checks);
        checks.Done();
        if (payloads) MayReadPayloads(call, request.HttpContext);
        return new(filter, given.Length == 0 ? null : after, id, since, until, payloads, progress);
    }

    public static bool Included(string? include, Checks checks)
    {
        checks.That(include is null or "" or Data, "include", $"can be {Data}");
        return include == Data;
    }

    /// <exception cref="ProblemException">403: they may not, which is written down.</exception>
    public static void MayReadPayloads(Call call, HttpContext context)
    {
        var decision = Access.Authorize(call.Actor, Permission.ReadPayloads, call.Workspace.Id);
        if (decision.Refused is not { } refused) return;
        context.RequestServices.GetRequiredService<Refusals>().Note(call.Actor, decision, context);
        throw refused.Problem.With(refused.Detail);
    }

    private static bool Flag(string? text, Checks checks)
    {
        checks.That(text is null or "" or "true" or "false", "progress", "must be true or false");
        return text == "true";
    }
}

internal static class FeedQueries
{
    /// <summary>Says in the description of a route what is read of its query.</summary>
    public static TBuilder WithFilter<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route
        .WithQuery("type", JsonSchemaType.String, "Stored names with commas between, such as event_published,delivery_*; a * at the end means all that begin so.")
        .WithQuery("stream", JsonSchemaType.String, "How the stream's id begins.")
        .WithQuery("resource", JsonSchemaType.String, "An id (con_…, rul_…, evt_…) that the stream has or the data names; or name or name/id, the resource of a published event.")
        .WithQuery("include", JsonSchemaType.String, "data: published events come with their payload, redacted by the workspace's rules. Takes the permission to read payloads, and is recorded.");
}

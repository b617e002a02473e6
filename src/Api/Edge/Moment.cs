using System.Globalization;
using System.Reflection;
using EventMesh.Api.Description;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Projections.Past;
using Microsoft.OpenApi;

namespace EventMesh.Api.Edge;

/// <summary>
/// The moment whose configuration is asked for: now, or with <c>?at=</c> a past one, by time (RFC 3339) or by position. Handlers take it as a parameter, read through it
/// and need not know which it is.
/// </summary>
public sealed class Moment
{
    /// <summary>The position whose state an answer to <c>?at=</c> is: asked for again, it gets the same answer for ever.</summary>
    public const string PositionHeader = "EventMesh-At";

    private readonly Store store;
    private readonly string workspace;
    private readonly AskedMoment? asked;

    private Moment(Store store, string workspace, AskedMoment? asked, PastConfiguration? past, DateTimeOffset time) =>
        (this.store, this.workspace, this.asked, Past, Time) = (store, workspace, asked, past, time);

    /// <summary>When it is: what has run out by then has run out.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The configuration then; null for the present.</summary>
    public PastConfiguration? Past { get; }

    public bool IsPast => asked is not null;

    public static Moment Now(Store store, Call call) => new(store, call.WorkspaceId ?? "", null, null, call.Now);

    /// <exception cref="ProblemException">400: it is no moment, or one to come; 404: the workspace did not exist yet; 503: it is not final yet.</exception>
    public static ValueTask<Moment?> BindAsync(HttpContext context, ParameterInfo parameter) => new(In(context, "at")!);

    /// <param name="name">Of the query parameter.</param>
    /// <inheritdoc cref="BindAsync" path="/exception"/>
    public static Task<Moment> In(HttpContext context, string name) =>
        context.Request.Query[name].ToString().Length > 0 ? InHistory(CallOf(context), context, name) : Task.FromResult(Now(context.RequestServices.GetRequiredService<Store>(), CallOf(context)));

    /// <summary>The same for what is always read out of the history; without a moment up to what is final now.</summary>
    /// <inheritdoc cref="BindAsync" path="/exception"/>
    public static async Task<Moment> InHistory(Call call, HttpContext context, string name)
    {
        var store = context.RequestServices.GetRequiredService<Store>();
        var asked = await AskedMoment.Parse(name, context.Request.Query[name].ToString(), call.Now).Final(store, name, context.RequestAborted).ConfigureAwait(false);
        if (call.WorkspaceId is not { } workspace) return new(store, "", asked, null, asked.Time ?? call.Now);
        var moment = await At(store, workspace, asked, context.RequestAborted).ConfigureAwait(false);
        var began = (await store.For(workspace).ReadStreamPage(Ids.WorkspaceStream, 0, 1, context.RequestAborted).ConfigureAwait(false)).FirstOrDefault();
        if (began is not null && moment.Past!.UpTo < began.Position)
            throw ProblemAnswer.Missing(string.Create(CultureInfo.InvariantCulture, $"The workspace was not there yet: it was created at {began.At.UtcDateTime:O}, at position {began.Position}."));
        if (name == "at") context.Response.Headers[PositionHeader] = moment.Past!.UpTo.ToString();
        return moment;
    }

    /// <summary>The same moment in another workspace: for lists of the platform.</summary>
    public async Task<Moment> Of(string other, CancellationToken stop) => asked is null ? new(store, other, null, null, Time) : await At(store, other, asked, stop).ConfigureAwait(false);

    /// <summary>Folds a stream.</summary>
    public async Task<(TState State, long Version)> Fold<TState, TEvent>(string stream, TState initial, Func<TState, TEvent, TState> evolve, CancellationToken stop) where TEvent : class
    {
        if (Past is null) return await store.For(workspace).Fold(stream, initial, evolve, stop).ConfigureAwait(false);
        var then = await Past.Stream(stream, stop).ConfigureAwait(false);
        return (then.Events.Aggregate(initial, (s, e) => evolve(s, (TEvent)store.Types.Read(e))), then.Version);
    }

    /// <inheritdoc cref="Streams.List"/>
    public async Task<List<TView>> List<TState, TEvent, TView>(
        string prefix, Page page, TState initial, Func<TState, TEvent, TState> evolve, Func<string, long, TState, TView?> view, CancellationToken stop)
        where TEvent : class where TView : class
    {
        if (Past is null) return await Streams.List(store, workspace, prefix, page, initial, evolve, view, stop).ConfigureAwait(false);
        return [.. (await Past.Streams(prefix, StoredNames<TEvent>.All, stop).ConfigureAwait(false))
            .Where(s => string.CompareOrdinal(s.Id, page.After) > 0)
            .Select(s => view(s.Id, s.Version, s.Events.Aggregate(initial, (state, e) => evolve(state, (TEvent)store.Types.Read(e)))))
            .OfType<TView>().Take(page.Limit + 1)];
    }

    /// <summary>How the workspace was configured, as far as events of <typeparamref name="TEvent"/> say; for the present as the index has it.</summary>
    public async Task<ConfiguredWorkspace> Workspace<TEvent>(Plans plans, Func<Task<ConfiguredWorkspace>> present, CancellationToken stop) where TEvent : class =>
        Past is null ? await present().ConfigureAwait(false) : await Past.Workspace(plans, StoredNames<TEvent>.All, stop).ConfigureAwait(false);

    private static Call CallOf(HttpContext context) => context.Features.Get<Call>() ?? throw new InvalidOperationException("A moment is asked for within a call.");

    private static async Task<Moment> At(Store store, string workspace, AskedMoment asked, CancellationToken stop)
    {
        var of = store.For(workspace);
        var upTo = asked.Position ?? await of.FindLast(asked.Time!.Value, ConfigurationEvents.Types, stop).ConfigureAwait(false) ?? Position.Start;
        var time = asked.Time ?? await of.ReadTime(upTo, stop).ConfigureAwait(false) ?? DateTimeOffset.UnixEpoch;
        return new(store, workspace, asked, new(of, store.Types, upTo), time);
    }

    /// <summary>The stored names of a hierarchy's events: one list for each, which its statement is kept by.</summary>
    private static class StoredNames<TEvent>
    {
        public static readonly IReadOnlyList<string> All = [.. EventTypes.Of(typeof(TEvent)).Aliases];
    }
}

public static class MomentQuery
{
    /// <summary>The <c>at</c> of what is read at a <see cref="Moment"/>.</summary>
    public static TBuilder WithMoment<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route
        .WithQuery("at", JsonSchemaType.String, "A past moment: a time (RFC 3339) or a position. The answer is what it was then, and its header EventMesh-At names the position.")
        .WithProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Whoever asks for the past of what has none is told so: the present would look like an answer.</summary>
    /// <exception cref="ProblemException">400: the route reads no <c>at</c>.</exception>
    public static void RefuseUnread(HttpContext context)
    {
        if (context.Request.Query.ContainsKey("at") && HttpMethods.IsGet(context.Request.Method)
            && context.GetEndpoint()?.Metadata.GetOrderedMetadata<Described.Parameter>().Any(p => p.Name == "at") != true)
            throw Problem.InvalidRequest.At("at", "is nothing that this answers to: what is configured has a past, and GET …/configuration?at= is all of it");
    }
}

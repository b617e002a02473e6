using System.Text.Json;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>
/// Routes published events. It reads the feed in order, configuration and published events alike, so each event meets exactly the rules that stood
/// before it: none created before it is missed, whatever node created it. What it appends is made from what it read, so a page that is read again after
/// a crash leads to the same deliveries, and the second append of each loses.
/// </summary>
public sealed partial class FanOut(Store store, TimeProvider clock, ILogger<FanOut> log)
{
    public const string FeedName = "fanout";
    private const int PageEvents = 500;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(3);

    // The event's data may be as deep as a reader's default, and it lies within the event.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 128 };
    private static readonly IReadOnlyList<string> Types = [.. ConfigurationEvents.Types, "event_published"];

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, FeedName, stop).ConfigureAwait(false);
        var index = await IndexUpTo(lease.Checkpoint, stop).ConfigureAwait(false);
        var saved = new LazyCheckpoint(lease, clock);
        Started(lease.Checkpoint.ToString());
        var tempo = new Tempo(store, Apart);
        while (true)
        {
            tempo.Look();
            var page = await store.ReadFeed(saved.Done, PageEvents, Types, stop).ConfigureAwait(false);
            if (page.Events.Count > 0) await Route(page.Events, index, stop).ConfigureAwait(false);
            await saved.Move(page.UpTo, page.Events.Count > 0, stop).ConfigureAwait(false);
            await tempo.Pause(page, stop).ConfigureAwait(false);
        }
    }

    private async Task<WorkspaceIndex> IndexUpTo(Position checkpoint, CancellationToken stop)
    {
        var index = new WorkspaceIndex();
        for (var from = Position.Start; from < checkpoint;)
        {
            var page = await store.ReadFeed(from, 5_000, ConfigurationEvents.Types, stop).ConfigureAwait(false);
            foreach (var stored in page.Events.Where(e => e.Position <= checkpoint)) index.Apply(stored, store.Types);
            from = page.UpTo;
        }
        return index;
    }

    private async Task Route(IReadOnlyList<StoredEvent> events, WorkspaceIndex index, CancellationToken stop)
    {
        var published = new List<(StoredEvent Stored, PublishedEventEvent.EventPublished What, ConfiguredWorkspace Workspace)>();
        foreach (var stored in events)
        {
            // What cannot be read belongs to one workspace, and stops nobody.
            if (stored.Type == "workspace_purging") index.Drop(stored.Workspace);
            else if (stored.Type != "event_published") index.Apply(stored, store.Types);
            else if (index.Find(stored.Workspace) is { EnabledRules.Count: > 0 } workspace)
            {
                if (store.Types.TryRead(stored, out var fault) is not PublishedEventEvent.EventPublished what) Unreadable(stored.Workspace, stored.Stream, fault);
                else published.Add((stored, what, workspace));
            }
        }

        var bodies = await Bodies(published, stop).ConfigureAwait(false);
        var appends = new List<Append>(published.Count);
        for (var i = 0; i < published.Count; i++)
        {
            var (stored, what, workspace) = published[i];
            if (bodies[i].Broken is { } broken)
            {
                Unreadable(stored.Workspace, stored.Stream, broken.Message);
                continue;
            }
            using var span = Telemetry.Start("event.route", stored.TraceParent, workspace);
            var command = new PublishedEventCommand.RouteEvent(stored.Stream, Matches(what, workspace, bodies[i].Body), clock.GetUtcNow());
            var routed = PublishedEventDecider.Decide(command, new PublishedEvent.Accepted(what));
            if (routed.Length == 0) continue;
            appends.Add(store.For(stored.Workspace).Prepare(stored.Stream, "published_event", 1, routed,
                new EventMetadata(command.At, "eventmesh", stored.CorrelationId, stored.Stream, span?.Id ?? stored.TraceParent)));
        }
        var answers = await store.AppendTogether(appends, stop).ConfigureAwait(false);
        Routed(events.Count, published.Count, answers.Count(a => a.Stored));
    }

    private async Task<NamedPayload[]> Bodies(List<(StoredEvent Stored, PublishedEventEvent.EventPublished What, ConfiguredWorkspace Workspace)> published, CancellationToken stop)
    {
        var bodies = new NamedPayload[published.Count];
        var needed = Enumerable.Range(0, published.Count).Where(i => published[i].Workspace.EnabledRules.Any(r => r.Rule.Filter.NeedsData || r.Rule.Ordering?.NeedsData() == true)).ToArray();
        var read = await store.ReadPayloads(
            [.. needed.Select(i => (published[i].Stored.Workspace, published[i].Stored.Stream, DateOnly.FromDateTime(published[i].What.At.UtcDateTime)))], stop).ConfigureAwait(false);
        for (var i = 0; i < needed.Length; i++) bodies[needed[i]] = read[i];
        return bodies;
    }

    /// <summary>Where the workspace's rules send an event.</summary>
    /// <param name="body">The event in JSON; null when no rule looks at its data.</param>
    internal static List<Route> Matches(PublishedEventEvent.EventPublished what, ConfiguredWorkspace workspace, byte[]? body)
    {
        // What the platform publishes is routed where it is published; rules never see it, not even afterwards.
        if (PlatformSource.Is(what.Source)) return [];
        using var json = body is null ? null : JsonDocument.Parse(body, Deep);
        var data = json is not null && json.RootElement.TryGetProperty("data", out var found) ? found : default;
        var input = new FilterInput(what.Type, what.Source, what.Subject, what.Resource, what.ResourceId, what.Time, data);
        var routes = new List<Route>();
        foreach (var (id, rule) in workspace.EnabledRules)
        {
            if (!rule.Filter.Matches(input)) continue;
            var key = rule.Ordering?.KeyOf(input);
            // A disabled connection still gets its delivery, which its worker discards with the reason: it can be seen, and asked for again.
            foreach (var connection in rule.Connections)
                if (workspace.Connections.GetValueOrDefault(connection) is (Connection.Enabled or Connection.Disabled) and { IsOperational: false }) routes.Add(new(id, connection, key));
        }
        return routes;
    }

    [LoggerMessage(EventName = "fanout.started", Level = LogLevel.Information, Message = "Routing from {Position}")]
    private partial void Started(string position);

    [LoggerMessage(EventName = "fanout.unreadable", Level = LogLevel.Error, Message = "fanout.unreadable {tenant_id} {stream}: {reason}")]
    private partial void Unreadable(string tenant_id, string stream, string? reason);

    [LoggerMessage(EventName = "fanout.routed", Level = LogLevel.Debug, Message = "{Read} events read, {Published} published, {Routed} routed")]
    private partial void Routed(int read, int published, int routed);
}

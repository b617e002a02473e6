using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Edge;

/// <summary>Lists and ids of what a workspace is configured with.</summary>
public static class Streams
{
    private const int IdCharsMax = 64;

    /// <summary>Reads streams until a page is full, passing over those that are no longer anything (<paramref name="view"/> gives null).</summary>
    /// <returns>One item more than the page holds, if there are that many.</returns>
    public static async Task<List<TView>> List<TState, TEvent, TView>(
        Store store, string workspace, string prefix, Page page, TState initial, Func<TState, TEvent, TState> evolve, Func<string, long, TState, TView?> view, CancellationToken stop)
        where TEvent : class where TView : class
    {
        var found = new List<TView>();
        for (var after = page.After; ;)
        {
            var streams = await store.For(workspace).ListStreams(prefix, after, page.Limit + 1, stop);
            foreach (var stream in streams)
            {
                var state = stream.Events.Aggregate(initial, (s, e) => evolve(s, (TEvent)store.Types.Read(e)));
                if (view(stream.Id, stream.Version, state) is { } item) found.Add(item);
            }
            if (streams.Count <= page.Limit || found.Count > page.Limit) return found;
            after = streams[^1].Id;
        }
    }

    /// <summary>Notes what the request is about.</summary>
    /// <exception cref="ProblemException">404: nothing of this kind has such an id.</exception>
    public static void Named(Call call, string id, string prefix, string missing)
    {
        if (id.Length > IdCharsMax || !id.StartsWith(prefix, StringComparison.Ordinal) || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) throw ProblemAnswer.Missing(missing);
        call.Subject = id;
    }
}

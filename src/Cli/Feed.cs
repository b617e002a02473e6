using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>Follows a workspace's feed over server-sent events. The position of the last event is all it needs to go on after a lost connection.</summary>
/// <param name="path">With its filters.</param>
internal sealed class Feed(Client client, string path, Action<string> note)
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    /// <summary>The events of the feed without end, each once and in order.</summary>
    /// <param name="after">Position to go on after; null for the beginning.</param>
    /// <param name="since">Instead of it, the time to begin at.</param>
    /// <exception cref="Failure">The server refused, or cannot be reached at the first try.</exception>
    public async IAsyncEnumerable<JsonElement> Follow(string? after, string? since, [EnumeratorCancellation] CancellationToken cancel)
    {
        var losses = 0;
        var stream = await client.Open(Route.With(path, ("after", after), ("since", since)), cancel);
        while (true)
        {
            await using (stream)
            {
                var parser = SseParser.Create(stream);
                await using var events = parser.EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
                while (await Next(events))
                {
                    losses = 0;
                    var stored = JsonElement.Parse(events.Current.Data);
                    after = stored.GetProperty("position").GetString();
                    yield return stored;
                }
                // What was passed over moves the position too.
                if (parser.LastEventId is { Length: > 0 } last) after = last;
            }

            note(after is null ? "The connection was lost; starting again." : $"The connection was lost; going on after {Readable.Line(after)}.");
            stream = await Reopen(after, since, ++losses, cancel);
        }
    }

    private async Task<Stream> Reopen(string? after, string? since, int losses, CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(Pause(losses++), cancel);
            try
            {
                return await client.Open(Route.With(path, ("after", after), ("since", after is null ? since : null)), cancel);
            }
            catch (Failure failure) when (failure.Code is ExitCode.Unreachable or ExitCode.ServerFailed)
            {
                // A restart takes a while: the position keeps.
            }
        }
    }

    /// <summary>At once the first time, then 0.5 s doubling to <see cref="PauseMax"/>.</summary>
    private static TimeSpan Pause(int losses) =>
        losses == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(PauseMax.TotalSeconds, 0.5 * Math.Pow(2, losses - 2)));

    private static async Task<bool> Next(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return false;
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace EventMesh.Cli.Replaying;

/// <summary>Brings a target up to date with a workspace's feed, and keeps it so. The target's own position is the only one that counts.</summary>
/// <param name="path">The feed's, with its filters.</param>
/// <param name="filter">The filters alone.</param>
internal sealed class Replay(Call call, IReplayTarget target, string path, string filter)
{
    private const int RequestEvents = 100_000;
    private const int BatchEvents = 5_000;
    private const int BatchChars = 8 * 1024 * 1024;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Where an empty target begins; null: at the beginning.</summary>
    public string? Since { get; init; }

    /// <summary>Whether it goes on when it has reached the end.</summary>
    public bool Follows { get; init; }

    /// <summary>Told after each batch that the target keeps.</summary>
    public Func<Standing, Task>? Kept { get; init; }

    private Standing standing = Standing.Nowhere;

    public async Task<Standing> Run()
    {
        standing = await target.Open(call.Workspace, filter, call.Cancel);
        var lostSince = (DateTimeOffset?)null;
        while (true)
        {
            try
            {
                var end = await Request();
                lostSince = null;
                if (end && !Follows) return standing;
                if (end) await Task.Delay(BetweenLooks, call.Cancel);
            }
            catch (Failure failure) when (Passes(failure) && (Follows || DateTimeOffset.UtcNow - (lostSince ?? DateTimeOffset.UtcNow) < Patience))
            {
                if (lostSince is null) call.Output.Note($"{failure.Message}; trying again.");
                lostSince ??= DateTimeOffset.UtcNow;
                await Reopen(lostSince.Value);
            }
        }
    }

    /// <summary>Drops what the server lost, as the target sees it.</summary>
    public async Task TakeBack()
    {
        standing = await target.Open(call.Workspace, filter, call.Cancel);
        if (standing.Position is { } stands && await Known(stands, standing.EventId)) return;
        var before = standing.Events;
        standing = await target.TakeBack(Known, call.Cancel);
        call.Output.Note($"Took back {before - standing.Events} events that the server does not have.");
    }

    private async Task<bool> Known(string position, string? id)
    {
        try
        {
            await foreach (var _ in FeedLines.Read(call.Client, Route.With(path, ("after", position), ("after_id", id), ("limit", "1")), call.Cancel)) return true;
            return true;
        }
        catch (Failure failure) when (failure.Problem?.Contains("position_unknown", StringComparison.Ordinal) == true)
        {
            return false;
        }
    }

    /// <summary>One request, written in batches as it arrives.</summary>
    /// <returns>Whether nothing followed.</returns>
    private async Task<bool> Request()
    {
        var asked = Route.With(path, ("after", standing.Position), ("after_id", standing.EventId), ("since", standing.Position is null ? Since : null),
            ("limit", RequestEvents.ToString(CultureInfo.InvariantCulture)), ("progress", "true"));
        var (batch, chars, end) = (new List<JsonElement>(), 0L, (bool?)null);
        await foreach (var line in FeedLines.Read(call.Client, asked, call.Cancel))
        {
            if (line.Stored is { } stored)
            {
                batch.Add(stored);
                chars += stored.GetRawText().Length;
                if (batch.Count < BatchEvents && chars < BatchChars) continue;
                await Write(batch, line.Position, Readable.At(stored, "id"));
                (batch, chars) = ([], 0);
                continue;
            }
            end = line.End;
            // The last event's own position, unless the reading has passed over others since.
            var id = batch.Count > 0 && Readable.At(batch[^1], "position") == line.Position ? Readable.At(batch[^1], "id") : standing.Position == line.Position ? standing.EventId : null;
            if (batch.Count > 0 || (line.Position != "0" && line.Position != standing.Position)) await Write(batch, line.Position, id);
            (batch, chars) = ([], 0);
        }
        return end ?? throw FeedLines.CutOff();
    }

    private async Task Write(List<JsonElement> batch, string position, string? id)
    {
        var after = new Standing(position, id, standing.Events + batch.Count);
        await target.Write(batch, standing, after, call.Cancel);
        standing = after;
        if (Kept is not null) await Kept(after);
    }

    // Whatever was lost, what the target holds is asked of it anew: a commit whose answer was lost may stand or not.
    private async Task Reopen(DateTimeOffset lostSince)
    {
        for (var losses = 0; ; losses++)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(PauseMax.TotalSeconds, 0.25 * Math.Pow(2, losses))), call.Cancel);
            try
            {
                standing = await target.Open(call.Workspace, filter, call.Cancel);
                return;
            }
            catch (Failure failure) when (Passes(failure) && (Follows || DateTimeOffset.UtcNow - lostSince < Patience))
            {
                // It will be back.
            }
        }
    }

    private static bool Passes(Failure failure) => failure.Code is ExitCode.Unreachable or ExitCode.ServerFailed;
}

using System.Text.Json;

namespace EventMesh.Cli.Replaying;

/// <summary>How far a target has come.</summary>
/// <param name="Position">Of the feed; null: nothing was read yet.</param>
/// <param name="EventId">The id of the event there; null when the last that was looked at was not wanted.</param>
/// <param name="Events">That it holds.</param>
internal sealed record Standing(string? Position, string? EventId, long Events)
{
    public static readonly Standing Nowhere = new(null, null, 0);
}

/// <summary>Where a replay writes. It alone knows how far it has come, and says so together with what it holds: a crash leaves both or neither.</summary>
internal interface IReplayTarget : IAsyncDisposable
{
    /// <summary>Makes what is missing and says how far it has come; again after a loss.</summary>
    /// <param name="filter">As it stands in the feed's address: a target holds what one filter wants.</param>
    /// <exception cref="Failure">It belongs to another workspace or filter, or cannot be reached.</exception>
    Task<Standing> Open(string workspace, string filter, CancellationToken cancel);

    /// <summary>Writes events, and that it has come from one place to the next: all of it or nothing.</summary>
    /// <exception cref="Failure">Somebody else has written meanwhile, or it cannot be reached.</exception>
    Task Write(IReadOnlyList<JsonElement> events, Standing before, Standing after, CancellationToken cancel);

    /// <summary>Takes back what is behind the last event that the server still has, after it lost some.</summary>
    /// <param name="known">Whether the server has an event at a position.</param>
    /// <exception cref="Failure">The target cannot do that.</exception>
    Task<Standing> TakeBack(Func<string, string, Task<bool>> known, CancellationToken cancel);
}

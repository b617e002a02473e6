namespace EventMesh.Domain.Log;

/// <summary>What happened to the keys that sign checkpoints and receipts. A private half is never here: it is the platform's secret <c>log/keys/{id}</c>.</summary>
public abstract record LogKeyEvent
{
    private LogKeyEvent() { }

    /// <param name="Key"><c>lgk_…</c></param>
    /// <param name="VerifierKey">Its name and public half as C2SP writes them: <c>name+hash+base64</c>.</param>
    public sealed record LogKeyCreated(string Key, string VerifierKey, DateTimeOffset At) : LogKeyEvent;

    /// <param name="Until">Until then it signs beside the key that took its place.</param>
    public sealed record LogKeyRetired(string Key, DateTimeOffset Until, DateTimeOffset At) : LogKeyEvent;
}

/// <param name="Until">When it signs no more, or signed for the last time; null: nothing has taken its place.</param>
public sealed record LogKey(string Id, string VerifierKey, DateTimeOffset From, DateTimeOffset? Until)
{
    public bool SignsAt(DateTimeOffset now) => Until is not { } until || until > now;
}

/// <summary>The keys that sign for the platform, oldest first. None is ever taken out: what it signed has to be verified for as long as somebody keeps it.</summary>
public sealed record LogKeys(IReadOnlyList<LogKey> Keys)
{
    /// <summary>The stream of <see cref="Workspaces.Workspace.PlatformId"/> that tells of them.</summary>
    public const string Stream = "log-keys";

    public static readonly LogKeys Initial = new([]);

    /// <summary>The one that nothing has taken the place of; null while there is none.</summary>
    public LogKey? Current => Keys.Count == 0 ? null : Keys[^1];

    public static LogKeys Evolve(LogKeys state, LogKeyEvent happened) => happened switch
    {
        LogKeyEvent.LogKeyCreated created => new([.. state.Keys, new(created.Key, created.VerifierKey, created.At, null)]),
        LogKeyEvent.LogKeyRetired retired => new([.. state.Keys.Select(k => k.Id == retired.Key ? k with { Until = retired.Until } : k)]),
        _ => state,
    };
}

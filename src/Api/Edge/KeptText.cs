using System.Text;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Edge;

/// <summary>
/// What a person typed for others to read, a reason: people name people in it, so no event holds it. It is kept sealed under a name, and the event holds the name; it goes when the
/// workspace's keys go.
/// </summary>
public static class KeptText
{
    /// <summary>What is shown where the text is gone.</summary>
    public const string Gone = "(no longer kept)";

    /// <summary>Before the event that holds the name is stored: a crash in between leaves a text that nobody names, and not a name without a text.</summary>
    public static Task Keep(WorkspaceStore store, string name, string text, DateTimeOffset at, CancellationToken stop) => store.PutSecret(name, Encoding.UTF8.GetBytes(text), at, stop);

    /// <param name="held">What the event holds: <paramref name="name"/>, or in events of before the text itself.</param>
    public static async Task<string> Read(WorkspaceStore store, string name, string held, CancellationToken stop) =>
        held != name ? held : await store.ReadSecret(name, stop).ConfigureAwait(false) is { } text ? Encoding.UTF8.GetString(text) : Gone;

    /// <summary>Checks a reason that is required.</summary>
    public static string Reason(Checks checks, string? given, int charsMin, int charsMax)
    {
        var reason = given?.Trim() ?? "";
        if (checks.That(reason.Length >= charsMin && reason.Length <= charsMax, "reason", $"must have {charsMin} to {charsMax} characters"))
            checks.That(Checks.IsText(reason), "reason", "may not contain control characters or unpaired surrogates");
        return reason;
    }
}

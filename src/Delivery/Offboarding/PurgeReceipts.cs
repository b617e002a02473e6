using System.Globalization;
using System.Text;
using EventMesh.Delivery.Log;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore.Purging;

namespace EventMesh.Delivery.Offboarding;

/// <summary>
/// The receipt of a purge: what was destroyed, how much of it and when, as lines of text that the platform signs as it signs checkpoints. All of it comes from what is stored, so the same purge
/// has the same text whoever writes it.
/// </summary>
public sealed class PurgeReceipts(LogSigner signer)
{
    public const string FirstLine = "eventmesh purge receipt v1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public async Task<string> Write(Purge.Finished purge, IReadOnlyList<PurgedKey> keys, CancellationToken stop) => (await signer.Sign(Text(purge, keys), stop).ConfigureAwait(false)).ToString();

    /// <summary>The text that is signed: a first line, then <c>name: value</c>, each line ended by a newline.</summary>
    public static string Text(Purge.Finished purge, IReadOnlyList<PurgedKey> keys)
    {
        var text = new StringBuilder(FirstLine).Append('\n');
        var (started, ended) = (purge.Started, purge.Ended);
        Line("workspace", started.Workspace);
        Line("asked-by", started.AskedBy);
        Line("streams", started.Streams.ToString().ToLowerInvariant());
        Line("started", At(started.At));
        foreach (var step in purge.Done)
        {
            var name = step.Step.ToString().ToLowerInvariant();
            Line($"step {name}", $"{At(step.StartedAt)} {At(step.At)}");
            foreach (var (what, count) in step.Counts.OrderBy(c => c.Key, StringComparer.Ordinal)) Line($"destroyed {name} {what}", count.ToString(CultureInfo.InvariantCulture));
        }
        foreach (var key in keys) Line("data-key", $"{key.Number.ToString(CultureInfo.InvariantCulture)} wrapped by {key.MasterKey}{(key.Erasure ? " and the workspace's erasure key" : "")}");
        Line("backups", ended.BackupsUnreadable ? "sealed values unreadable: the erasure key is destroyed"
            : $"readable until these master keys are destroyed: {string.Join(", ", keys.Where(k => !k.Erasure).Select(k => k.MasterKey).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}");
        Line("log-size", ended.LogSize?.ToString(CultureInfo.InvariantCulture) ?? "none");
        Line("log-root", ended.LogRoot ?? "none");
        Line("finished", At(ended.At));
        return text.ToString();

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append('\n');
    }

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}

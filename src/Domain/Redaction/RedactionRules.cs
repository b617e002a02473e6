using System.Text;
using System.Text.Json;

namespace EventMesh.Domain.Redaction;

/// <summary>
/// What a workspace shows of its bodies to those who may read payloads and have not asked for the raw data. What cannot be read as JSON is shown not at all, so nothing that is shown
/// escaped a rule by being odd.
/// </summary>
public sealed class RedactionRules
{
    /// <summary>What stands in place of a value.</summary>
    public const string Redacted = "[redacted]";

    /// <summary>Before a workspace says what is personal, everything may be.</summary>
    public static readonly RedactionRules ShapeOnly = new(null);

    private static readonly byte[] WholeBody = Encoding.UTF8.GetBytes($"\"{Redacted}\"");

    // Bytes that a path into the event's data cannot look into.
    private static readonly RedactionPath Binary = RedactionPath.Parse("$.data_base64", out _)!;

    private readonly RedactionPath[]? paths;

    private RedactionRules(RedactionPath[]? paths) => this.paths = paths;

    /// <param name="paths">Those of a <c>workspace_redaction_changed</c>. Null: none were ever set, and bodies are shown as their shape; empty: the workspace shows everything.</param>
    public static RedactionRules Of(IReadOnlyList<string>? paths)
    {
        if (paths is null) return ShapeOnly;
        var read = paths.Select(p => RedactionPath.Parse(p, out _)).ToArray();
        // A rule that was accepted once and cannot be read today must not let through what it was to keep.
        return read.Contains(null) ? ShapeOnly : new([.. read.OfType<RedactionPath>()]);
    }

    /// <summary>An event's body as it may be shown.</summary>
    /// <param name="cloudEvent">CloudEvents 1.0 structured JSON, UTF-8: <c>$</c> of the paths.</param>
    /// <returns>JSON, UTF-8. With rules, what no rule meets is word for word as it was; without, the event's attributes and the shape of everything else.</returns>
    public byte[] OfEvent(ReadOnlyMemory<byte> cloudEvent) =>
        paths is null ? BodyShape.OfEvent(cloudEvent) ?? WholeBody : Apply(cloudEvent, paths.Length == 0 ? paths : [.. paths, Binary]) ?? WholeBody;

    private static byte[]? Apply(ReadOnlyMemory<byte> json, RedactionPath[] paths) => JsonRewrite.Of(json, paths.Length == 0 ? (ref JsonRewrite all) => all.Copy()
        : (ref JsonRewrite rewrite) => RedactionWalk.Value(ref rewrite, [.. paths.Select(p => new RedactionPlace(p.Steps, 0))]));
}

namespace EventMesh.Domain;

/// <summary>A command that cannot be obeyed in the state it met.</summary>
/// <param name="code">Stable name of the reason: <c>{aggregate}.{reason}</c>; <c>*.missing</c> means there is nothing by that id.</param>
/// <param name="reason">One sentence that says what to do.</param>
public sealed class Refused(string code, string reason) : Exception(reason)
{
    public string Code { get; } = code;
    public bool IsMissing => Code.EndsWith(".missing", StringComparison.Ordinal);
}

namespace EventMesh.Connectors;

/// <summary>One attempt to make.</summary>
/// <param name="Workspace">The tenant id, for spans.</param>
/// <param name="Connection">The connection's id (<c>con_…</c>), for spans.</param>
/// <param name="DeliveryId">The delivery's id (<c>dlv_…</c>): the same on every attempt, so that the target recognises a repeat.</param>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Headers">The connection's own headers; what <see cref="HeaderRules"/> refuses is left out.</param>
/// <param name="Secrets"><c>whsec_…</c> or <c>whsk_…</c>, newest first: each signs.</param>
/// <param name="CloudEvent">The event as CloudEvents 1.0 structured JSON, UTF-8.</param>
/// <param name="At">The time of the attempt; it is signed.</param>
/// <param name="TraceParent">W3C Trace Context of the publisher or worker, if there is one.</param>
/// <param name="LegacyHeader">Also carries <see cref="SigningKey.LegacySignature"/> under the newest HMAC secret.</param>
/// <param name="Mapped">JSON that a rule made of the event, and that is sent in place of it; null sends <paramref name="Body"/>.</param>
/// <param name="Authorization">What the connection's credential and secret headers add; null for nothing.</param>
public sealed record Outgoing(
    string Workspace,
    string Connection,
    string DeliveryId,
    int Attempt,
    Uri Url,
    IReadOnlyDictionary<string, string> Headers,
    BodyKind Body,
    IReadOnlyList<string> Secrets,
    ReadOnlyMemory<byte> CloudEvent,
    DateTimeOffset At,
    string? TraceParent,
    string? LegacyHeader = null,
    byte[]? Mapped = null,
    Authorization? Authorization = null)
{
    /// <summary>Without secrets, headers, query and payload, wherever it may be printed.</summary>
    public override string ToString() => $"attempt {Attempt} of {DeliveryId} to {Connection} of {Workspace}";
}

public enum BodyKind
{
    /// <summary>The whole event, CloudEvents structured JSON.</summary>
    CloudEvent,

    /// <summary>The event's data alone, its attributes as <c>ce-*</c> headers (CloudEvents binary mode).</summary>
    Data,
}

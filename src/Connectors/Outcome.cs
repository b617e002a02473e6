using EventMesh.Domain.Deliveries;

namespace EventMesh.Connectors;

/// <summary>What came of one attempt.</summary>
public abstract record Outcome
{
    /// <summary>How much of a response is kept, in bytes; no more is read.</summary>
    public const int ResponseBytesMax = 16 * 1024;

    private Outcome(double durationMs, ReadOnlyMemory<byte> responseBody, string? responseContentType) =>
        (DurationMs, ResponseBody, ResponseContentType) = (durationMs, responseBody, responseContentType);

    public double DurationMs { get; }

    /// <summary>The first <see cref="ResponseBytesMax"/> bytes of the response; empty when there was none.</summary>
    public ReadOnlyMemory<byte> ResponseBody { get; }

    /// <summary>As the target named it, printable ASCII; null when it named none.</summary>
    public string? ResponseContentType { get; }

    /// <summary>The target answered 2xx.</summary>
    public sealed record Delivered(int Status, double DurationMs, ReadOnlyMemory<byte> ResponseBody, string? ResponseContentType)
        : Outcome(DurationMs, ResponseBody, ResponseContentType);

    /// <param name="Status">The HTTP status, when there was an answer.</param>
    /// <param name="Error">One line for the connection's owner, without addresses the owner did not write, URL query or secret.</param>
    /// <param name="RetryAfter">How long the target asked to be left alone with 429 or 503: 0 to 24 h.</param>
    public sealed record Failed(
        Failure Kind,
        int? Status,
        string Error,
        TimeSpan? RetryAfter,
        double DurationMs,
        ReadOnlyMemory<byte> ResponseBody,
        string? ResponseContentType)
        : Outcome(DurationMs, ResponseBody, ResponseContentType);
}

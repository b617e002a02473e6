namespace EventMesh.Domain.Exports;

/// <summary>What has happened to an export of a workspace's history, <c>exp_…</c>, and what it therefore is. How far it has come while it runs is not here: that changes with every part.</summary>
public abstract record ExportEvent
{
    private ExportEvent() { }

    /// <summary>Somebody asked for it.</summary>
    /// <param name="IncludeData">Whether the bodies of published events are in it.</param>
    public sealed record ExportStarted(ExportFormat Format, bool Gzip, ExportFilter Filter, bool IncludeData, ExportTarget To, DateTimeOffset At) : ExportEvent;
    /// <summary>It has ended, in whatever way. Who cancelled it stands beside the event.</summary>
    /// <param name="After">The position before its first event; null when it ended before it began.</param>
    /// <param name="End">The position up to which it holds everything that was asked for; as far as it came, when it was not finished.</param>
    /// <param name="Reason">Why it failed; null unless it did.</param>
    public sealed record ExportFinished(ExportOutcome Outcome, long Events, long Bytes, int Parts, string? After, string? End, ExportFault? Reason, DateTimeOffset At) : ExportEvent;
    /// <summary>Somebody began to download it; told once for each of those who do.</summary>
    public sealed record ExportDownloaded(DateTimeOffset At) : ExportEvent;
}

/// <summary><see cref="Ndjson"/>: a JSON object a line, as the feed has them. <see cref="Csv"/>: RFC 4180, with the names of its columns first.</summary>
public enum ExportFormat { Ndjson, Csv }

/// <summary><see cref="Download"/>: kept here, sealed, to be fetched. <see cref="S3"/>: an object in a bucket.</summary>
public enum ExportKind { Download, S3 }

public enum ExportOutcome { Finished, Cancelled, Failed }

public enum ExportFault
{
    /// <summary>The workspace keeps no such secret, no version of it is active, or it holds no credential of an object store.</summary>
    CredentialMissing,
    /// <summary>The object store refused.</summary>
    TargetRefused,
    /// <summary>The object store did not answer for too long.</summary>
    TargetUnavailable,
    /// <summary>The upload was aborted at the object store, by somebody or by the bucket's rules.</summary>
    UploadGone,
    /// <summary>It would be larger than is kept here, or than an object store takes.</summary>
    TooLarge,
    /// <summary>A fault of ours.</summary>
    Internal,
}

/// <summary>Which events. What is null is not asked for.</summary>
/// <param name="Types">Stored names; one that ends in <c>*</c> means all that begin so.</param>
/// <param name="Stream">How the stream's id begins.</param>
/// <param name="Resource">An id of ours, or the name of a resource without the id that its publisher gave it.</param>
/// <param name="Since">It happened then or later.</param>
/// <param name="Until">It happened before.</param>
/// <param name="After">A position.</param>
public sealed record ExportFilter(IReadOnlyList<string>? Types, string? Stream, string? Resource, DateTimeOffset? Since, DateTimeOffset? Until, string? After)
{
    public static readonly ExportFilter All = new(null, null, null, null, null, null);
}

/// <summary>Where it goes. All but the kind is for buckets.</summary>
/// <param name="Endpoint">Of what is not Amazon's own: scheme, host and port.</param>
/// <param name="Prefix">What the object's name begins with.</param>
/// <param name="PathStyle">Whether the bucket is in the path and not in the host's name.</param>
/// <param name="Credential">The name of the workspace's secret that holds it.</param>
public sealed record ExportTarget(ExportKind Kind, string? Bucket = null, string? Region = null, string? Endpoint = null, string? Prefix = null, bool? PathStyle = null, string? Credential = null)
{
    public static readonly ExportTarget Download = new(ExportKind.Download);
}

public abstract record Export
{
    private Export() { }

    public sealed record Missing : Export;
    public sealed record Running(ExportEvent.ExportStarted Asked) : Export;
    public sealed record Ended(ExportEvent.ExportStarted Asked, ExportEvent.ExportFinished How) : Export;

    public static readonly Export Initial = new Missing();

    public static Export Evolve(Export state, ExportEvent happened) => (state, happened) switch
    {
        (_, ExportEvent.ExportStarted started) => new Running(started),
        (Running running, ExportEvent.ExportFinished finished) => new Ended(running.Asked, finished),
        _ => state,
    };
}

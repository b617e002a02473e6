using EventMesh.Delivery.Exports;
using EventMesh.Domain.Exports;

namespace EventMesh.Api.Features.Exports;

/// <summary>An export as it stands.</summary>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>finished</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Cancelling">Somebody asked that it stop, and it has not yet.</param>
/// <param name="PerCent">Of the way from the first position to the last.</param>
/// <param name="After">The position before its first event; null until it has begun.</param>
/// <param name="End">The position up to which it holds everything that was asked for; fixed when it begins.</param>
/// <param name="Sha256">Of the whole, in hexadecimal digits; null until it is finished, and where only the parts have one.</param>
/// <param name="Parts">In order; together they are the whole. Left out of lists.</param>
/// <param name="Checkpoint">The checkpoint of the workspace's log at <paramref name="End"/>, a signed note; null when there is none.</param>
/// <param name="Object">What it is called in the bucket.</param>
/// <param name="FileName">What it is called when it is downloaded.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="ExpiresAt">When it is deleted.</param>
public sealed record ExportView(
    string Id, ExportState State, bool Cancelling, ExportFormat Format, bool Gzip, ExportFilter Filter, bool IncludeData, ExportTarget To, long Events, long Bytes, int PerCent, string? After, string? End,
    string? Sha256, IReadOnlyList<ExportView.Part>? Parts, string? Checkpoint, string? Object, string? FileName, ExportView.Fault? Error, string? Actor, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset? ExpiresAt)
{
    public const string Missing = "There is no such export.";

    /// <param name="FirstByte">Where it begins in the whole.</param>
    /// <param name="End">The position of its last event.</param>
    public sealed record Part(int Number, long FirstByte, long Bytes, long Events, string Sha256, string End);

    /// <param name="Reason">One of a closed set.</param>
    /// <param name="Message">What it means.</param>
    /// <param name="Detail">What the object store called it.</param>
    public sealed record Fault(ExportFault Reason, string Message, string? Detail);

    /// <param name="parts">Null leaves them out.</param>
    public static ExportView Of(ExportRow row, IReadOnlyList<ExportPart>? parts = null)
    {
        var (asked, download) = (row.Asked, row.Asked.To.Kind == ExportKind.Download);
        return new(
            row.Id, row.State, row.CancelledBy is not null && !row.Ended, asked.Format, asked.Gzip, asked.Filter, asked.IncludeData, asked.To, row.Events, row.Bytes, row.PerCent, row.After?.ToString(), row.End?.ToString(),
            row.Sha256, parts is null ? null : [.. parts.Select(p => new Part(p.Number, p.FirstByte, p.Bytes, p.Events, p.Sha256, p.End.ToString()))], row.Checkpoint, row.Object, download ? asked.FileName(row.Id) : null,
            row.Reason is { } reason ? new(reason, Meaning(reason), row.Detail) : null, row.Actor, row.AskedAt, row.FinishedAt, row.FinishedAt + ExportLimits.KeptFor);
    }

    private static string Meaning(ExportFault reason) => reason switch
    {
        ExportFault.CredentialMissing => "The workspace keeps no such secret, no version of it is active, or it is not {\"access_key_id\":…,\"secret_access_key\":…}.",
        ExportFault.TargetRefused => "The object store refused.",
        ExportFault.TargetUnavailable => "The object store did not answer for too long.",
        ExportFault.UploadGone => "The upload was aborted at the object store while it was under way.",
        ExportFault.TooLarge => "It would be larger than is kept here, or than an object store takes. Export to a bucket, compress it, or export less at a time.",
        ExportFault.Internal => "A fault of ours, logged as export.failed.",
        _ => throw new InvalidOperationException($"No meaning for {reason}."),
    };
}

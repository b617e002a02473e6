using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.Connectors;
using EventMesh.Delivery.Exports;
using EventMesh.Domain.Exports;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Exports;

/// <summary>What an export is asked for, as it is sent.</summary>
/// <param name="Format"><c>ndjson</c> (without it) or <c>csv</c>.</param>
/// <param name="Gzip">Whether it is compressed; not without it.</param>
/// <param name="IncludeData">Whether published events come with their payload, redacted by the workspace's rules. Takes the permission to read payloads.</param>
public sealed record ExportFields(string? Format, bool? Gzip, ExportFields.FilterFields? Filter, bool? IncludeData, ExportFields.ToFields? To)
{
    /// <param name="Types">Stored names; one that ends in <c>*</c> means all that begin so.</param>
    /// <param name="Stream">How the stream's id begins.</param>
    /// <param name="Resource">An id of ours, or <c>name</c> or <c>name/id</c>, the resource of a published event.</param>
    /// <param name="Since">From the first event that did not happen before (RFC 3339).</param>
    /// <param name="Until">Up to and without the first event that did not happen before (RFC 3339).</param>
    /// <param name="After">The position to go on after.</param>
    public sealed record FilterFields(IReadOnlyList<string>? Types, string? Stream, string? Resource, string? Since, string? Until, string? After);

    /// <param name="Kind"><c>download</c> (without it) or <c>s3</c>; all else is for the latter.</param>
    /// <param name="Region">us-east-1 without it.</param>
    /// <param name="Endpoint">Scheme, host and port of what is not Amazon's own.</param>
    /// <param name="Prefix">What the object's name begins with, such as <c>history/acme/</c>.</param>
    /// <param name="PathStyle">Whether the bucket is in the path and not in the host's name; without it, when there is an endpoint.</param>
    /// <param name="Credential">The name of the workspace's secret that holds <c>{"access_key_id":…,"secret_access_key":…}</c>.</param>
    public sealed record ToFields(string? Kind, string? Bucket, string? Region, string? Endpoint, string? Prefix, bool? PathStyle, string? Credential);

    private const int BucketCharsMin = 3;
    private const string RegionDefault = "us-east-1";

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    public ExportSpec Validated(AddressGuard guard)
    {
        var checks = new Checks();
        checks.That(Format is null or "ndjson" or "csv", "format", "must be ndjson or csv");
        var filter = Filtered(checks);
        var to = Target(checks, guard);
        checks.Done();
        return new(Format == "csv" ? ExportFormat.Csv : ExportFormat.Ndjson, Gzip == true, filter, IncludeData == true, to);
    }

    private ExportFilter Filtered(Checks checks)
    {
        if (Filter is not { } given) return ExportFilter.All;
        var filter = new FeedFilter(given.Types, given.Stream, given.Resource);
        filter.Check(checks);
        var (since, until) = (FeedFilter.Time(checks, "filter.since", given.Since), FeedFilter.Time(checks, "filter.until", given.Until));
        checks.That(since is null || until is null || since <= until, "filter.since", "lies behind until");
        checks.That(given.After is null or "" or "0" || Position.TryParse(given.After, out _), "filter.after", "is not a position that was given here");
        return new(given.Types is { Count: > 0 } types ? types : null, given.Stream, given.Resource, since, until, given.After is null or "" or "0" ? null : given.After);
    }

    private ExportTarget Target(Checks checks, AddressGuard guard)
    {
        if (To?.Kind is null or "download")
        {
            checks.That(To is null or { Bucket: null, Region: null, Endpoint: null, Prefix: null, PathStyle: null, Credential: null }, "to", "has nothing else when it is a download; for a bucket its kind is s3");
            return ExportTarget.Download;
        }
        if (!checks.That(To.Kind == "s3", "to.kind", "must be download or s3")) return ExportTarget.Download;
        checks.That(To.Bucket is { Length: >= BucketCharsMin and <= ExportLimits.BucketCharsMax } bucket && bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && char.IsAsciiLetterOrDigit(bucket[0]) && char.IsAsciiLetterOrDigit(bucket[^1])
            && !bucket.Contains("..", StringComparison.Ordinal), "to.bucket", $"is the name of a bucket, of {BucketCharsMin} to {ExportLimits.BucketCharsMax} letters, digits, dots and hyphens");
        checks.That(To.Region is null || (To.Region.Length is > 0 and <= ExportLimits.RegionCharsMax && To.Region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')), "to.region", $"has 1 to {ExportLimits.RegionCharsMax} letters, digits and hyphens");
        Endpoint(checks, guard);
        checks.That(To.Prefix is null || (To.Prefix.Length <= ExportLimits.PrefixCharsMax && Checks.IsText(To.Prefix) && (To.Prefix + "x").Split('/').All(s => s is not ("" or "." or ".."))), "to.prefix",
            $"has at most {ExportLimits.PrefixCharsMax} characters, and segments between slashes that are not empty, . or ..");
        checks.That(Secret.IsName(To.Credential ?? ""), "to.credential", To.Credential is null ? "is required: the name of a secret of this workspace" : "is not the name of a secret");
        return new(ExportKind.S3, To.Bucket, To.Region ?? RegionDefault, To.Endpoint?.TrimEnd('/'), To.Prefix, To.PathStyle, To.Credential);
    }

    private void Endpoint(Checks checks, AddressGuard guard)
    {
        if (To!.Endpoint is not { } endpoint) return;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url)) checks.Add("to.endpoint", "must be an absolute URL");
        else if (guard.CheckUrl(url) is { } refusal) checks.Add("to.endpoint", $"is refused: {refusal}");
        else checks.That(url.PathAndQuery == "/", "to.endpoint", "has scheme, host and port, and nothing else");
    }
}

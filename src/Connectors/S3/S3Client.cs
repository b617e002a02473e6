using System.Globalization;

namespace EventMesh.Connectors.S3;

/// <summary>A part of a multipart upload.</summary>
/// <param name="Number">From 1.</param>
/// <param name="ETag">As the store gave it, quotes and all.</param>
public sealed record S3Part(int Number, string ETag, long Bytes);

/// <summary>
/// Puts objects into buckets, whole or in parts (Amazon S3's REST protocol). As guarded as everything that calls addresses of tenants: see <see cref="GuardedHttp"/>. Nothing is tried twice:
/// who asked knows how long to go on. Thread-safe.
/// </summary>
public sealed class S3Client : IDisposable
{
    /// <summary>Every part but the last has at least so many bytes.</summary>
    public const int PartBytesMin = 5 * 1024 * 1024;

    public const int PartsMax = 10_000;

    /// <summary>For one request, from the name lookup to the last byte: a part of some megabytes goes up on a slow line too.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    private const string NoBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const int PartsListedMax = 1_000;

    private readonly GuardedHttp http;
    private readonly TimeProvider clock;

    public S3Client(AddressGuard guard, TimeProvider clock) : this(new GuardedHttp(guard, Timeout, new NameLookup(System.Net.Dns.GetHostAddresses).Resolve), clock)
    {
    }

    internal S3Client(GuardedHttp http, TimeProvider clock) => (this.http, this.clock) = (http, clock);

    /// <summary>Puts a whole object in the place of what may be there.</summary>
    /// <exception cref="S3Failed">It was not put.</exception>
    public Task PutObject(S3Target target, string key, ReadOnlyMemory<byte> body, string contentType, CancellationToken stop) =>
        Ask(target, HttpMethod.Put, key, "", body, contentType, stop);

    /// <summary>Begins an upload in parts. Until it is completed there is no object, and what was there before stays.</summary>
    /// <returns>The upload's id.</returns>
    /// <exception cref="S3Failed">It was not begun.</exception>
    public async Task<string> BeginUpload(S3Target target, string key, string contentType, CancellationToken stop)
    {
        var answer = await Ask(target, HttpMethod.Post, key, SigV4.Query(("uploads", "")), default, contentType, stop).ConfigureAwait(false);
        return S3Xml.Value(answer.Body, "UploadId") is { Length: > 0 } id ? id : throw new S3Failed("an answer without UploadId", false);
    }

    /// <summary>Uploads a part, in the place of what was uploaded under its number before.</summary>
    /// <exception cref="S3Failed">It was not uploaded.</exception>
    public async Task<S3Part> UploadPart(S3Target target, string key, string upload, int number, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        var query = SigV4.Query(("partNumber", number.ToString(CultureInfo.InvariantCulture)), ("uploadId", upload));
        var answer = await Ask(target, HttpMethod.Put, key, query, body, null, stop).ConfigureAwait(false);
        return new(number, answer.ETag ?? throw new S3Failed("an answer without ETag", false), body.Length);
    }

    /// <summary>The parts that were uploaded, by number: where an upload goes on.</summary>
    /// <returns>Null when there is no such upload (any more).</returns>
    /// <exception cref="S3Failed">They could not be listed.</exception>
    public async Task<IReadOnlyList<S3Part>?> ListParts(S3Target target, string key, string upload, CancellationToken stop)
    {
        var parts = new List<S3Part>();
        try
        {
            for (var after = "0"; ;)
            {
                var query = SigV4.Query(("max-parts", PartsListedMax.ToString(CultureInfo.InvariantCulture)), ("part-number-marker", after), ("uploadId", upload));
                var page = await Ask(target, HttpMethod.Get, key, query, default, null, stop).ConfigureAwait(false);
                var listed = S3Xml.Parts(page.Body);
                parts.AddRange(listed);
                if (listed.Count == 0 || S3Xml.Value(page.Body, "IsTruncated") != "true" || parts.Count >= PartsMax) return parts;
                after = listed[^1].Number.ToString(CultureInfo.InvariantCulture);
            }
        }
        catch (S3Failed gone) when (gone.UploadGone)
        {
            return null;
        }
    }

    /// <summary>Makes the object of its parts.</summary>
    /// <exception cref="S3Failed">It was not made. Of an upload that was completed a moment ago some stores say that it is gone: look with <see cref="SizeOf"/>.</exception>
    public async Task CompleteUpload(S3Target target, string key, string upload, IReadOnlyList<S3Part> parts, CancellationToken stop)
    {
        var answer = await Ask(target, HttpMethod.Post, key, SigV4.Query(("uploadId", upload)), S3Xml.Completing(parts), "application/xml", stop).ConfigureAwait(false);
        // The status is sent before the work is done: a failure may come in the body of a success.
        if (S3Xml.ErrorCode(answer.Body) is { } code) throw new S3Failed(code, code is "InternalError" or "SlowDown" or "ServiceUnavailable");
    }

    /// <summary>Gives up an upload and destroys its parts. One that is gone is given up already.</summary>
    /// <exception cref="S3Failed">Nobody knows whether it is gone.</exception>
    public async Task AbortUpload(S3Target target, string key, string upload, CancellationToken stop)
    {
        try
        {
            await Ask(target, HttpMethod.Delete, key, SigV4.Query(("uploadId", upload)), default, null, stop).ConfigureAwait(false);
        }
        catch (S3Failed gone) when (gone.UploadGone)
        {
            // As it should be.
        }
    }

    /// <summary>How many bytes an object has; null when there is none.</summary>
    /// <exception cref="S3Failed">The store did not say.</exception>
    public async Task<long?> SizeOf(S3Target target, string key, CancellationToken stop)
    {
        try
        {
            return (await Ask(target, HttpMethod.Head, key, "", default, null, stop).ConfigureAwait(false)).Length;
        }
        catch (S3Failed missing) when (missing.Code == "HTTP 404")
        {
            return null;
        }
    }

    private async Task<Fetched.Answer> Ask(S3Target target, HttpMethod method, string key, string query, ReadOnlyMemory<byte> body, string? contentType, CancellationToken stop)
    {
        var (address, now) = (target.Address(key, query), clock.GetUtcNow());
        var digest = body.IsEmpty ? NoBody : SigV4.Digest(body.Span);
        using var request = new HttpRequestMessage(method, address);
        var signed = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = address.IdnHost + (address.IsDefaultPort ? "" : ":" + address.Port.ToString(CultureInfo.InvariantCulture)),
            ["x-amz-content-sha256"] = digest,
            ["x-amz-date"] = SigV4.Date(now),
        };
        if (target.Credential.SessionToken is { } token) signed["x-amz-security-token"] = token;
        foreach (var (name, value) in signed.Where(s => s.Key != "host")) request.Headers.TryAddWithoutValidation(name, value);
        if (method == HttpMethod.Put || method == HttpMethod.Post) request.Content = new ReadOnlyMemoryContent(body);
        if (contentType is not null) request.Content!.Headers.TryAddWithoutValidation("Content-Type", signed["content-type"] = contentType);
        request.Headers.TryAddWithoutValidation("Authorization", SigV4.Authorization(method.Method, address.AbsolutePath, query, signed, digest, target.Credential, target.Region, "s3", now));

        return await http.Send(request, stop).ConfigureAwait(false) switch
        {
            Fetched.Answer { Status: >= 200 and < 300 } answer => answer,
            // A bucket in another region: its name would have to be looked up, and nothing is followed here.
            Fetched.Answer { Status: >= 300 and < 400 } answer => throw new S3Failed(S3Xml.ErrorCode(answer.Body) ?? "a redirect, to another region perhaps", false),
            Fetched.Answer answer => throw S3Failed.Of(answer),
            Fetched.Failed failed => throw new S3Failed(failed.Error, !failed.Final),
            var other => throw new InvalidOperationException($"No meaning for {other.GetType().Name}."),
        };
    }

    public void Dispose() => http.Dispose();
}

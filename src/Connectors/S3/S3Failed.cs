namespace EventMesh.Connectors.S3;

/// <summary>A store did not do what it was asked for.</summary>
/// <param name="code">What S3 calls it (<c>AccessDenied</c>, <c>NoSuchBucket</c>), <c>HTTP 404</c> where it gives no name, or why there was no answer. Nothing else of the answer: it may repeat credentials.</param>
/// <param name="mayPass">Whether the same request may succeed later.</param>
public sealed class S3Failed(string code, bool mayPass) : Exception($"The object store did not do it: {code}.")
{
    public string Code { get; } = code;
    public bool MayPass { get; } = mayPass;

    /// <summary>There is no such multipart upload: it was completed, aborted, or swept away by the bucket's rules.</summary>
    public bool UploadGone => Code == "NoSuchUpload";

    internal static S3Failed Of(Fetched.Answer answer)
    {
        var code = S3Xml.ErrorCode(answer.Body) ?? $"HTTP {answer.Status}";
        return new(code, answer.Status is 408 or 429 or >= 500 || code is "RequestTimeout" or "SlowDown" or "InternalError" or "ServiceUnavailable");
    }
}

namespace EventMesh.Connectors.S3;

/// <summary>What requests are signed with.</summary>
/// <param name="SessionToken">Of temporary credentials; null for lasting ones.</param>
public sealed record S3Credential(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>Without the secret, wherever it may be printed.</summary>
    public override string ToString() => AccessKeyId;
}

/// <summary>A bucket of Amazon S3, or of anything that speaks its protocol.</summary>
/// <param name="Endpoint">Where the service is, without a path; null for Amazon's own in <paramref name="Region"/>.</param>
/// <param name="PathStyle">Whether the bucket is the first segment of the path and not the first label of the host's name.</param>
public sealed record S3Target(Uri? Endpoint, string Region, string Bucket, bool PathStyle, S3Credential Credential)
{
    /// <summary>Where an object is: an address whose path is written as it is signed.</summary>
    /// <param name="key">Segments between slashes, none of them empty, <c>.</c> or <c>..</c>.</param>
    /// <param name="query">As it is signed, without the question mark.</param>
    public Uri Address(string key, string query)
    {
        if (key.Split('/').Any(s => s is "" or "." or "..")) throw new ArgumentException("A segment of the key would not arrive as it was signed.", nameof(key));
        var service = Endpoint ?? new Uri($"https://s3.{Region}.amazonaws.com");
        // The wildcard of a service's certificate stands for one label: a bucket whose name has several can only be in the path.
        var inPath = PathStyle || Bucket.Contains('.', StringComparison.Ordinal);
        var authority = inPath ? service.Authority : $"{Bucket}.{service.Authority}";
        return new($"{service.Scheme}://{authority}{(inPath ? "/" + SigV4.Encoded(Bucket) : "")}/{SigV4.Encoded(key, slashes: true)}{(query.Length == 0 ? "" : "?" + query)}");
    }
}

namespace EventMesh.Connectors;

/// <summary>What came of fetching something.</summary>
public abstract record Fetched
{
    private Fetched()
    {
    }

    /// <param name="ContentType">The media type without parameters.</param>
    /// <param name="RetryAfter">The header as it was sent.</param>
    public sealed record Answer(int Status, string? ContentType, ReadOnlyMemory<byte> Body, string? RetryAfter) : Fetched
    {
        /// <summary>The header as it was sent.</summary>
        public string? ETag { get; init; }

        /// <summary>What the header Content-Length says; for HEAD, whose body is not sent, the length that it would have.</summary>
        public long? Length { get; init; }

        // A token endpoint's answer is a secret.
        public override string ToString() => $"Answer {Status}, {Body.Length} bytes";
    }

    /// <summary>There was no answer, or none that may be read.</summary>
    /// <param name="Error">As the end of a sentence; it holds nothing of what was sent or read.</param>
    /// <param name="Final">The address may not be called, now or later.</param>
    public sealed record Failed(string Error, bool Final = false) : Fetched;
}

namespace EventMesh.Api.Issuing;

/// <summary>Ends a request at a token endpoint as RFC 6749 §5.2 asks: a code and a sentence, which says nothing about who or what exists.</summary>
public sealed class OAuthRefusal(string error, string description, int status = StatusCodes.Status400BadRequest) : Exception(description)
{
    public string Error { get; } = error;
    public int Status { get; } = status;

    public static OAuthRefusal Request(string description, int status = StatusCodes.Status400BadRequest) => new("invalid_request", description, status);

    /// <summary>The same for a client that there is not, for one whose credentials are wrong, and for every client of a workspace that there is not.</summary>
    public static OAuthRefusal Client() => new("invalid_client", "The client is not known here, or its credentials are not right.", StatusCodes.Status401Unauthorized);

    /// <summary>RFC 6749 has no name for it; RFC 8628 §3.5 has one for whoever asks too often.</summary>
    public static OAuthRefusal Slowed() => new("slow_down", "Too many attempts failed; one that is valid passes at once, others wait as Retry-After says.", StatusCodes.Status429TooManyRequests);
}

using EventMesh.Api.CloudEvents;

namespace EventMesh.Api.Edge;

/// <summary>The header by which a caller names a request, so that it may be repeated.</summary>
public static class IdempotencyKey
{
    /// <summary>Null when there is none.</summary>
    /// <exception cref="ProblemException">It is not such as is accepted.</exception>
    public static string? Of(HttpRequest request)
    {
        if (!request.Headers.TryGetValue("Idempotency-Key", out var values)) return null;
        var key = values.ToString();
        return key.Length is > 0 and <= EventLimits.IdempotencyKeyCharsMax && key.All(c => c is >= ' ' and <= '~') ? key
            : throw Problem.InvalidRequest.At("Idempotency-Key", $"has 1 to {EventLimits.IdempotencyKeyCharsMax} printable ASCII characters");
    }
}

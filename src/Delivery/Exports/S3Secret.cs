using System.Text.Json;
using EventMesh.Connectors.S3;

namespace EventMesh.Delivery.Exports;

/// <summary>How a workspace keeps the credential of an object store: <c>{"access_key_id": …, "secret_access_key": …}</c>, and <c>session_token</c> for temporary ones.</summary>
public static class S3Secret
{
    private sealed record Fields(string? AccessKeyId, string? SecretAccessKey, string? SessionToken)
    {
        public override string ToString() => AccessKeyId ?? "";
    }

    /// <summary>Null when it is none.</summary>
    public static S3Credential? Parse(ReadOnlySpan<byte> secret)
    {
        try
        {
            return JsonSerializer.Deserialize<Fields>(secret, EventStore.EventTypes.Json) is { AccessKeyId: { Length: > 0 } id, SecretAccessKey: { Length: > 0 } key } fields && Sendable(id) && Sendable(fields.SessionToken)
                ? new(id, key, fields.SessionToken) : null;
        }
        catch (JsonException)
        {
            // Some other secret.
            return null;
        }
    }

    // Both go into headers.
    private static bool Sendable(string? text) => text is null || text.All(c => c is > ' ' and <= '~');
}

using EventMesh.Domain.Connections;

namespace EventMesh.Api.Features.Connections;

/// <summary>A connection as it is shown: everything but its secret.</summary>
/// <param name="FailingSince">The first of its failures since it last succeeded or was enabled.</param>
public sealed record ConnectionView(
    string Id, string Name, string Kind, string Status, DisabledBecause? DisabledBecause, ConnectionView.WebhookView Config, long Version, DateTimeOffset CreatedAt,
    bool Operational, CircuitView? Circuit = null, DateTimeOffset? FailingSince = null, DateTimeOffset? LastSuccessAt = null, DateTimeOffset? LastFailureAt = null)
{
    public sealed record WebhookView(string Url, IReadOnlyDictionary<string, string>? Headers, WebhookBody Body, IReadOnlyList<int>? RetrySchedule, LegacySignature? LegacySignature);

    /// <summary>Null when it is deleted, or never was.</summary>
    public static ConnectionView? Of(string id, long version, Connection connection) => connection switch
    {
        Connection.Enabled c => new(id, c.Name, c.Kind, "enabled", null, Of(c.Config), version, c.CreatedAt, c.IsOperational),
        Connection.Disabled c => new(id, c.Name, c.Kind, "disabled", c.Reason, Of(c.Config), version, c.CreatedAt, c.IsOperational),
        _ => null,
    };

    private static WebhookView Of(WebhookConfig config) => new(config.Url.OriginalString, config.Headers, config.Body, config.RetrySchedule, config.LegacySignature);
}

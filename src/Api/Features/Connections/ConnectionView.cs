using EventMesh.Connectors;
using EventMesh.Domain.Connections;

namespace EventMesh.Api.Features.Connections;

/// <summary>A connection as it is shown: everything but its secrets.</summary>
/// <param name="FailingSince">The first of its failures since it last succeeded or was enabled.</param>
public sealed record ConnectionView(
    string Id, string Name, string Kind, string Status, DisabledBecause? DisabledBecause, ConnectionView.WebhookView Config, long Version, DateTimeOffset CreatedAt,
    bool Operational, CredentialView Credential, CircuitView? Circuit = null, DateTimeOffset? FailingSince = null, DateTimeOffset? LastSuccessAt = null, DateTimeOffset? LastFailureAt = null)
{
    /// <param name="Headers">The values of those whose names say that they are secret as <c>***</c>.</param>
    public sealed record WebhookView(string Url, IReadOnlyDictionary<string, string>? Headers, WebhookBody Body, IReadOnlyList<int>? RetrySchedule, LegacySignature? LegacySignature);

    /// <summary>Null when it is deleted, or never was.</summary>
    public static ConnectionView? Of(string id, long version, Connection connection) => connection switch
    {
        Connection.Enabled c => new(id, c.Name, c.Kind, "enabled", null, Of(c.Config), version, c.CreatedAt, c.IsOperational, CredentialView.Of(c.Credential)),
        Connection.Disabled c => new(id, c.Name, c.Kind, "disabled", c.Reason, Of(c.Config), version, c.CreatedAt, c.IsOperational, CredentialView.Of(c.Credential)),
        _ => null,
    };

    private static WebhookView Of(WebhookConfig config) => new(config.Url.OriginalString, HeadersOf(config), config.Body, config.RetrySchedule, config.LegacySignature);

    private static Dictionary<string, string>? HeadersOf(WebhookConfig config)
    {
        if (config.Headers is null && config.SecretHeaders is null) return null;
        var shown = new Dictionary<string, string>();
        // Those written before such values were kept apart stand among the others.
        foreach (var (name, value) in config.Headers ?? NoHeaders) shown[name] = SecretHeaderNames.Contain(name) ? SecretHeaderNames.Mask : value;
        foreach (var name in (config.SecretHeaders ?? NoHeaders).Keys) shown[name] = SecretHeaderNames.Mask;
        return shown;
    }

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();
}

using EventMesh.Delivery.Credentials;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Connections;

/// <summary>Secret values that a connection names no longer.</summary>
internal static class FormerValues
{
    /// <summary>Destroys them for good. After the event that let go of them: a crash in between leaves a value that nobody uses, not a connection that cannot send.</summary>
    public static async Task Destroy(WorkspaceStore workspace, string connection, Connection before, Connection after, DateTimeOffset at, CancellationToken stop)
    {
        var former = NamesOf(connection, before).Except(NamesOf(connection, after), StringComparer.Ordinal).Select(name => (name, 1)).ToArray();
        if (former.Length > 0) await workspace.DestroySecrets(former, at, stop);
    }

    private static IEnumerable<string> NamesOf(string connection, Connection state) => state switch
    {
        Connection.Enabled enabled => NamesOf(connection, enabled.Config, enabled.Credential),
        Connection.Disabled disabled => NamesOf(connection, disabled.Config, disabled.Credential),
        _ => [],
    };

    private static IEnumerable<string> NamesOf(string connection, WebhookConfig config, HeldCredential credential)
    {
        if (credential.Secret is { } secret) yield return CredentialValues.NameOf(connection, secret);
        foreach (var id in config.SecretHeaders?.Values ?? []) yield return CredentialValues.NameOfHeader(connection, id);
    }
}

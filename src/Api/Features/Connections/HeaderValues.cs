using System.Text;
using EventMesh.Connectors;
using EventMesh.Delivery.Credentials;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Connections;

/// <summary>
/// Takes secret values out of headers as they are sent, one request's. The same value for the same header gets the same id however often it is decided; what is new is kept
/// before the event that names it.
/// </summary>
/// <param name="newId">Makes an id, <c>sec_…</c>.</param>
internal sealed class HeaderValues(Func<string> newId)
{
    private readonly Dictionary<(string Name, string Value), string> taken = [];

    /// <summary>The headers as configuration: those that may be shown, and the others by the ids of their values.</summary>
    /// <param name="sent">Checked already.</param>
    /// <param name="present">What is there before; null for a new connection.</param>
    public (IReadOnlyDictionary<string, string>? Shown, IReadOnlyDictionary<string, string>? Secret) Split(IReadOnlyDictionary<string, string?>? sent, WebhookConfig? present)
    {
        if (sent is null) return (null, null);
        var (shown, secret) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (var (name, value) in sent)
        {
            if (value is null) continue;
            if (!SecretHeaderNames.Contain(name)) shown[name] = value;
            else if (value != SecretHeaderNames.Mask) secret[name] = Id(name, value);
            else if (Find(present?.SecretHeaders, name) is { } kept) secret[name] = kept;
            // One that was written before such values were kept apart.
            else if (Find(present?.Headers, name) is { } plain) secret[name] = Id(name, plain);
        }
        return (shown, secret.Count == 0 ? null : secret);
    }

    /// <summary>Whether a connection has a value for this header that <see cref="SecretHeaderNames.Mask"/> can stand for.</summary>
    public static bool Has(WebhookConfig? present, string name) => (Find(present?.SecretHeaders, name) ?? Find(present?.Headers, name)) is not null;

    public async Task Keep(WorkspaceStore workspace, string connection, DateTimeOffset at, CancellationToken stop)
    {
        foreach (var ((_, value), id) in taken)
            await workspace.PutSecret(CredentialValues.NameOfHeader(connection, id), Encoding.UTF8.GetBytes(value), at, stop);
    }

    private string Id(string name, string value) => taken.TryGetValue((name, value), out var id) ? id : taken[(name, value)] = newId();

    private static string? Find(IReadOnlyDictionary<string, string>? headers, string name) =>
        headers?.FirstOrDefault(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
}

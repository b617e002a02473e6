using System.Text;
using EventMesh.Delivery.Credentials;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Connections;

/// <summary>A credential that is about to be.</summary>
/// <param name="Public">What everybody may see of it.</param>
internal sealed record NewCredential(Credential Public, string? Value)
{
    /// <summary>Keeps its secret part, if it has one. Before the event that names it: a crash in between leaves a value that nobody uses, not a connection that cannot send.</summary>
    /// <param name="id">What the secret part is to be called, <c>sec_…</c>.</param>
    public Task Keep(WorkspaceStore workspace, string connection, string id, DateTimeOffset at, CancellationToken stop) =>
        Value is null ? Task.CompletedTask : workspace.PutSecret(CredentialValues.NameOf(connection, id), Encoding.UTF8.GetBytes(Value), at, stop);

    public ConnectionCommand.SetCredential As(string id, DateTimeOffset at) => new(Public, Value is null ? null : id, at);

    /// <summary>Without the value, wherever it may be printed.</summary>
    public override string ToString() => $"NewCredential {Public.Kind}";
}

using System.Text;
using EventMesh.Domain;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Tests.Integration.Secrets;

/// <summary>Secrets as the HTTP edge keeps them.</summary>
internal static class Keeping
{
    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    public static async Task<Position> CreateSecret(this Store store, string workspace, string name, string value, DateTimeOffset? expiresAt = null)
    {
        var number = await store.For(workspace).PutSecretVersion(name, Encoding.UTF8.GetBytes(value), Now);
        return await store.Happens(workspace, name, new SecretCommand.CreateSecret(name, number, null, "key_1", expiresAt, Now));
    }

    public static async Task<Position> AddVersion(this Store store, string workspace, string name, string value, DateTimeOffset? expiresAt = null)
    {
        var number = await store.For(workspace).PutSecretVersion(name, Encoding.UTF8.GetBytes(value), Now);
        return await store.Happens(workspace, name, new SecretCommand.AddVersion(number, "key_1", expiresAt, Now));
    }

    public static Task<Position> RevokeVersion(this Store store, string workspace, string name, int version) => store.Happens(workspace, name, new SecretCommand.RevokeVersion(version, Now));

    public static Task<Position> DeleteSecret(this Store store, string workspace, string name) => store.Happens(workspace, name, new SecretCommand.DeleteSecret(Now));

    /// <summary>Of every kind of event, those that a workspace was told.</summary>
    public static async Task<T[]> Told<T>(this Store store, string workspace) where T : SecretUseEvent =>
        [.. (await store.For(workspace).ListStreams("scu_", null, 1_000)).SelectMany(s => s.Events).Select(store.Types.Read).OfType<T>()];

    private static async Task<Position> Happens(this Store store, string workspace, string name, SecretCommand command) =>
        (await store.For(workspace).Decide<Secret, SecretEvent>(Ids.OfSecret(name), "secret", Secret.Initial, Secret.Evolve, s => SecretDecider.Decide(command, s), new(Now, "key_1"))).Position!.Value;
}

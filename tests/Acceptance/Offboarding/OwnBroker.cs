using System.Text;
using EventMesh.Tests.Servers;
using RabbitMQ.Client;
using Xunit;

namespace EventMesh.Tests.Acceptance.Offboarding;

/// <summary>The RabbitMQ of a test whose files are looked into, in a run over RabbitMQ; in other runs there is none, and nothing is asked of it.</summary>
internal sealed class OwnBroker : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly RabbitMqServer? server;

    private OwnBroker(RabbitMqServer? server) => this.server = server;

    public static async Task<OwnBroker> Start() => new(OwnServers.Broker == "rabbitmq" ? await RabbitMqServer.Start() : null);

    public void Setting(Dictionary<string, string> settings)
    {
        if (server is not null) settings["EVENTMESH_RABBITMQ"] = server.Uri;
    }

    /// <summary>Puts what is no dispatch on a workspace's queue, as somebody else's program might; returns when it is where such messages wait.</summary>
    public async Task PutUnreadable(string workspace, string text)
    {
        if (server is null) return;
        await using var connection = await new ConnectionFactory { Uri = new(server.Uri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync("", $"eventmesh.ws.{workspace}.dispatch", mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(text));
        await Eventually.True(async () => (await Queues()).Any(q => q.StartsWith($"eventmesh.ws.{workspace}.dead\t", StringComparison.Ordinal) && q.Contains("\t1\t", StringComparison.Ordinal)), Soon, "it to be set apart");
    }

    /// <summary>Asserts that the queues are those that were there but for a workspace's, with as much in them.</summary>
    public async Task SameWithout(string workspace, IReadOnlyList<string> before)
    {
        var now = await Queues();
        Assert.DoesNotContain(now, q => Of(workspace, q));
        Assert.Equal(before.Where(q => !Of(workspace, q)), now);
    }

    /// <summary>Each workspace's queues: name, arguments, messages and their bytes.</summary>
    public async Task<IReadOnlyList<string>> Queues() => server is null ? [] :
        [.. (await server.Ctl("list_queues", "--silent", "--no-table-headers", "name", "durable", "arguments", "messages", "message_bytes_persistent")).Split('\n')
            .Where(q => q.StartsWith("eventmesh.ws.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The text of the one message that waits among what could not be read, as it was put.</summary>
    public async Task<string?> Unreadable(string workspace)
    {
        if (server is null) return null;
        await using var connection = await new ConnectionFactory { Uri = new(server.Uri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return Encoding.UTF8.GetString((await channel.BasicGetAsync($"eventmesh.ws.{workspace}.dead", autoAck: false))!.Body.Span);
    }

    /// <summary>Asserts that its files, the log among them, hold none of these.</summary>
    public async Task HoldsNone(params string[] values)
    {
        if (server is not null) Assert.Equal("", string.Join('\n', await NothingPlantedIsLeft.Grep(server.Files, values)));
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }

    private static bool Of(string workspace, string queue) => queue.StartsWith($"eventmesh.ws.{workspace}.", StringComparison.Ordinal);
}

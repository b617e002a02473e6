namespace EventMesh.Tests.Servers;

/// <summary>
/// A RabbitMQ node of its own for a test: fresh, on 127.0.0.1. It is deleted when it is disposed of, or within a second after the test process
/// has ended, however it ended. Starting takes five seconds.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private static readonly Lazy<Task<RabbitMqServer>> SharedServer = new(Start);
    private readonly string directory;
    private readonly int port;

    private RabbitMqServer(string directory, int port, string uri)
    {
        (this.directory, this.port) = (directory, port);
        Uri = uri;
    }

    /// <summary>One node for all tests of this process that do not stop it; use queues, or a virtual host, of your own in it.</summary>
    public static Task<RabbitMqServer> Shared => SharedServer.Value;

    /// <summary>Where its files are, its log among them.</summary>
    public string Files => directory;

    /// <summary><c>amqp://user:password@127.0.0.1:port/</c>: an administrator, in the virtual host <c>/</c>.</summary>
    public string Uri { get; }

    public static async Task<RabbitMqServer> Start()
    {
        var directory = Script.TemporaryDirectory("rabbitmq");
        var port = Ports.Next();
        return new(directory, port, await Start(directory, port));
    }

    /// <summary>
    /// SIGKILL to the node; returns when it is gone. Queues declared in the last two seconds are gone with it, and the messages in them, confirmed
    /// or not: RabbitMQ 3 writes declarations with a delay (<c>Ctl("eval", "mnesia:sync_log().")</c> writes them now).
    /// </summary>
    public Task Kill() => Script.Run("rabbitmq", "kill", directory);

    /// <summary>Starts it on the same data and port; returns when it answers.</summary>
    public Task StartAgain() => Start(directory, port);

    private static Task<string> Start(string directory, int port) => Script.Run("rabbitmq", "start", directory, $"{port}", "--for", $"{Environment.ProcessId}", "--temporary");

    /// <summary><c>rabbitmqctl</c> on this node, for example <c>Ctl("list_queues", "--silent")</c>.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> Ctl(params string[] arguments) => Script.Run("rabbitmq", ["ctl", directory, .. arguments]);

    /// <summary>Makes a virtual host, for nodes on a database of their own: those of another database would take what is put on the queues of theirs.</summary>
    /// <returns>The URI of the administrator in it.</returns>
    public async Task<string> CreateVirtualHost()
    {
        var name = Guid.NewGuid().ToString("N");
        await Ctl("add_vhost", name);
        await Ctl("set_permissions", "-p", name, "eventmesh", ".*", ".*", ".*");
        return Uri + name;
    }

    public async ValueTask DisposeAsync()
    {
        await BeforeDeletion.OfServer(directory);
        await Script.Run("rabbitmq", "delete", directory);
    }
}

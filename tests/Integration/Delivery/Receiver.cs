using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventMesh.Tests.Integration.Delivery;

/// <summary>A target on loopback that remembers what arrives and answers as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<(string Path, string WebhookId, string Body)> Arrived { get; } = new();

    /// <summary>The status for a path and the number of its arrival there, from 1; null lets it hang.</summary>
    public Func<string, int, int?> Answer { get; set; } = (_, _) => 200;

    public Uri Url(string path) => new(new Uri(app.Urls.First()), path);

    public int CountOf(string path) => Arrived.Count(a => a.Path == path);

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver.app.Run(receiver.Handle);
        await receiver.app.StartAsync();
        return receiver;
    }

    private async Task Handle(HttpContext context)
    {
        using var text = new StreamReader(context.Request.Body);
        var body = await text.ReadToEndAsync();
        var path = context.Request.Path.Value!;
        Arrived.Enqueue((path, context.Request.Headers["webhook-id"].ToString(), body));
        if (Answer(path, CountOf(path)) is { } status) context.Response.StatusCode = status;
        else await Hang(context.RequestAborted);
    }

    private static Task Hang(CancellationToken aborted)
    {
        var gone = new TaskCompletionSource();
        aborted.Register(() => gone.TrySetResult());
        return gone.Task;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
    }
}

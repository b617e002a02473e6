using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventMesh.Tests.Servers;

/// <summary>What a target got.</summary>
public sealed record Arrival(string Path, string WebhookId, string WebhookTimestamp, string Signatures, byte[] Body)
{
    /// <summary>With its question mark, as it was sent; empty for none.</summary>
    public string Query { get; init; } = "";

    public IHeaderDictionary Headers { get; init; } = new HeaderDictionary();

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Whether one of the signatures is right (Standard Webhooks 1.0, written here on its own: our signing is what is tested).</summary>
    public bool IsSignedWith(string secret)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{WebhookId}.{WebhookTimestamp}."), .. Body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed));
        return Signatures.Split(' ').Contains(expected);
    }
}

/// <summary>A target on loopback that answers as the test says, and remembers what arrives.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, int> counts = new();

    private Receiver(WebApplication app) => this.app = app;

    /// <summary>What has arrived, unless <see cref="OnArrival"/> took it.</summary>
    public ConcurrentQueue<Arrival> Arrived { get; } = new();

    /// <summary>The status for a path and the number of its arrival there, from 1; null lets it hang until the caller gives up.</summary>
    public Func<string, int, int?> Answer { get; set; } = (_, _) => 200;

    /// <summary>Awaited for a path and the number of its arrival there before it is answered.</summary>
    public Func<string, int, Task> Hold { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The status for an arrival, instead of <see cref="Answer"/>; null lets it hang.</summary>
    public Func<Arrival, Task<int?>>? AnswerTo { get; set; }

    /// <summary>The body of the answer to an arrival.</summary>
    public Func<Arrival, string>? Says { get; set; }

    /// <summary>Called for each arrival instead of keeping it.</summary>
    public Action<Arrival>? OnArrival { get; set; }

    public Uri Url(string path) => new(new Uri(app.Urls.First()), path);

    public int CountOf(string path) => counts.GetValueOrDefault(path);

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
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await context.Request.Body.CopyToAsync(body);
        var (path, headers) = (context.Request.Path.Value!, context.Request.Headers);
        var number = counts.AddOrUpdate(path, 1, (_, n) => n + 1);
        var arrival = new Arrival(path, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body.ToArray())
        {
            Query = context.Request.QueryString.Value ?? "",
            // Those of the request are used again for the next one.
            Headers = new HeaderDictionary(headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase)),
        };
        if (OnArrival is { } take) take(arrival);
        else Arrived.Enqueue(arrival);
        await Hold(path, number);
        if ((AnswerTo is { } answer ? await answer(arrival) : Answer(path, number)) is not { } status)
        {
            await Gone(context.RequestAborted);
            return;
        }
        context.Response.StatusCode = status;
        if (Says is { } says) await context.Response.WriteAsync(says(arrival));
    }

    private static Task Gone(CancellationToken aborted)
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

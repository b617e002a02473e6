using System.Diagnostics;
using System.Net;
using EventMesh.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventMesh.Tests.Benchmarks.Delivering;

/// <summary>The floor of delivering: a bare HTTP loop. What is posted to it is posted on to the target before it answers; nothing is kept, signed or decided.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Receiver receiver;
    private readonly HttpClient http = new();
    private readonly HttpClient onward = new();

    private Relay(WebApplication app, Receiver receiver) => (this.app, this.receiver) = (app, receiver);

    public static async Task<Relay> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var relay = new Relay(builder.Build(), await Receiver.Start());
        relay.receiver.OnArrival = _ => { };
        relay.app.Run(relay.PassOn);
        await relay.app.StartAsync();
        return relay;
    }

    public async Task<double> PerSecond(int count)
    {
        var (next, running, url) = (-1, Stopwatch.StartNew(), new Uri(app.Urls.First()));
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            for (int n; (n = Interlocked.Increment(ref next)) < count;) await Post(url, n);
        }));
        return count / running.Elapsed.TotalSeconds;
    }

    public async Task<double[]> Milliseconds(int perSecond, TimeSpan length)
    {
        var url = new Uri(app.Urls.First());
        var times = new List<double>();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1000.0 / perSecond));
        for (var n = 0; n < perSecond * length.TotalSeconds && await ticks.WaitForNextTickAsync(); n++)
        {
            var begun = Stopwatch.GetTimestamp();
            await Post(url, n);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        return [.. times.Order()];
    }

    private async Task Post(Uri url, int n)
    {
        using var content = new ByteArrayContent(Load.Sample.Event($"floor-{n}"));
        using var answer = await http.PostAsync(url, content);
        answer.EnsureSuccessStatusCode();
    }

    private async Task PassOn(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var content = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length);
        using var answer = await onward.PostAsync(receiver.Url("/"), content);
        context.Response.StatusCode = (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await receiver.DisposeAsync();
        http.Dispose();
        onward.Dispose();
    }
}

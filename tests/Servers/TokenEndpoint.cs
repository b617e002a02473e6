using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventMesh.Tests.Servers;

/// <summary>What was asked of a token endpoint.</summary>
/// <param name="Form">As it was sent, decoded.</param>
public sealed record TokenAsked(string? Authorization, IReadOnlyDictionary<string, string> Form);

/// <summary>A token endpoint on loopback: gives <c>token-1</c>, <c>token-2</c>, … to a client that proves who it is, and remembers who asked (RFC 6749 §4.4).</summary>
public sealed class TokenEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;
    private int given;

    private TokenEndpoint(WebApplication app) => this.app = app;

    public ConcurrentQueue<TokenAsked> Asked { get; } = new();

    /// <summary>What <c>expires_in</c> says.</summary>
    public double ExpiresIn { get; set; } = 3600;

    /// <summary>Before the number of each token.</summary>
    public string Prefix { get; set; } = "token-";

    /// <summary>Status and body in place of a token, for the number of the question, from 1; null gives a token.</summary>
    public Func<int, (int Status, string Body)?> Instead { get; set; } = _ => null;

    public Uri Url => new(new Uri(app.Urls.First()), "/token");

    public int Given => Volatile.Read(ref given);

    public static async Task<TokenEndpoint> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var endpoint = new TokenEndpoint(builder.Build());
        endpoint.app.Run(endpoint.Handle);
        await endpoint.app.StartAsync();
        return endpoint;
    }

    private async Task Handle(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        Asked.Enqueue(new(context.Request.Headers.Authorization, form.ToDictionary(f => f.Key, f => f.Value.ToString())));
        context.Response.ContentType = "application/json";
        if (Instead(Asked.Count) is var (status, body))
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body);
            return;
        }
        await context.Response.WriteAsync($$"""{"access_token":"{{Prefix}}{{Interlocked.Increment(ref given)}}","token_type":"Bearer","expires_in":{{ExpiresIn}}}""", Encoding.UTF8);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace EventMesh.Tests.Unit.Cli;

/// <summary>A server on a free loopback port that answers as a test says and remembers what it was asked.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Asked> asked = new();

    private StandIn(WebApplication app) => this.app = app;

    /// <param name="Path">With its query, as it came.</param>
    public sealed record Asked(string Method, string Path, string Body, string? ContentType, string? Authorization)
    {
        public JsonNode Json => JsonNode.Parse(Body)!;
    }

    public string Url => app.Urls.Single();

    public IReadOnlyList<Asked> Requests => [.. asked];

    public static async Task<StandIn> Start(Func<Asked, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var standIn = new StandIn(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = new Asked(
                context.Request.Method, context.Request.Path + context.Request.QueryString.Value, await reader.ReadToEndAsync(),
                context.Request.ContentType, context.Request.Headers.Authorization);
            standIn.asked.Enqueue(request);
            await answer(request, context);
        });
        await app.StartAsync();
        return standIn;
    }

    /// <summary>Gives the same answer to everything.</summary>
    public static Task<StandIn> Start(int status, string body = "") => Start((_, context) => Answer(context, status, body));

    public static Task Answer(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body);
    }

    /// <summary>Leaves a request open until the client goes away.</summary>
    public static async Task Hold(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var leaving = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

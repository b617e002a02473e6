using System.Diagnostics;

namespace EventMesh.Api.Edge;

/// <summary>What the log line of a request says beside what its <see cref="Call"/> knows.</summary>
public sealed class RequestFacts
{
    public string? Problem { get; set; }

    /// <summary>Why a signed token was refused: the name of a <see cref="Jose.TokenRefusal"/>.</summary>
    public string? Refusal { get; set; }
}

/// <summary>One wide line a request, whatever became of it. No payload, no header, no query: only what it was about.</summary>
public sealed partial class RequestLine(RequestDelegate next, ILogger<RequestLine> log)
{
    public async Task Invoke(HttpContext context)
    {
        var facts = new RequestFacts();
        context.Features.Set(facts);
        var began = Stopwatch.GetTimestamp();
        await next(context).ConfigureAwait(false);
        if (!log.IsEnabled(LogLevel.Information)) return;
        var call = context.Features.Get<Call>();
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/');
        // Probes come every few seconds from several sides and say nothing while they succeed.
        if (route is "/healthz" or "/readyz" && context.Response.StatusCode < 400) return;
        if (call?.Subject is { } subject) Activity.Current?.SetTag("subject", subject);
        Answered(
            context.Request.Method, route, context.Response.StatusCode, Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 3), facts.Problem, facts.Refusal,
            call?.WorkspaceId, call?.Environment, call?.Actor.Id, call?.Elevation, call?.Subject, Activity.Current?.TraceId.ToString());
    }

    [LoggerMessage(EventName = "http.request", Level = LogLevel.Information, SkipEnabledCheck = true,
        Message = "{Method} {Route} {Status} {DurationMs} {Problem} {Refusal} {TenantId} {Environment} {Actor} {Elevation} {Subject} {TraceId}")]
    private partial void Answered(
        string method, string? route, int status, double durationMs, string? problem, string? refusal, string? tenantId, string? environment, string? actor, string? elevation, string? subject, string? traceId);
}

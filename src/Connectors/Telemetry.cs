using System.Diagnostics;

namespace EventMesh.Connectors;

/// <summary>One span per attempt. It names the workspace, connection, delivery, host and status; never path, query, payload or secret.</summary>
internal static class Telemetry
{
    private static readonly ActivitySource Source = new("EventMesh.Connectors");

    /// <summary>Continues the trace the delivery brought along; without one, the trace of the caller.</summary>
    public static Activity? Start(string kind, Outgoing outgoing)
    {
        if (!Source.HasListeners()) return null;
        ActivityContext.TryParse(outgoing.TraceParent, null, isRemote: true, out var parent);
        var span = Source.StartActivity(kind + " attempt", ActivityKind.Client, parent);
        if (span is null) return null;
        span.SetTag("tenant_id", outgoing.Workspace);
        span.SetTag("connection", outgoing.Connection);
        span.SetTag("delivery_id", outgoing.DeliveryId);
        span.SetTag("attempt", outgoing.Attempt);
        span.SetTag("server.address", outgoing.Url.IdnHost);
        span.SetTag("server.port", outgoing.Url.Port);
        return span;
    }

    public static void Finish(Activity? span, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Delivered delivered:
                span?.SetTag("http.response.status_code", delivered.Status);
                break;
            case Outcome.Failed failed:
                if (failed.Status is { } status) span?.SetTag("http.response.status_code", status);
                span?.SetTag("error.type", failed.Kind.ToString());
                span?.SetStatus(ActivityStatusCode.Error, failed.Error);
                break;
        }
    }
}

using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EventMesh.Api.Telemetry;

/// <summary>
/// Traces, metrics and logs by OTLP, when OTEL_EXPORTER_OTLP_ENDPOINT says where to. ASP.NET Core, Npgsql and our own parts emit them by themselves;
/// here is only who listens.
/// </summary>
internal sealed class Otlp : IDisposable
{
    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;

    private Otlp(TracerProvider? traces, MeterProvider? metrics)
    {
        this.traces = traces;
        this.metrics = metrics;
    }

    private static bool IsAsked => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));

    private static ResourceBuilder Resource => ResourceBuilder.CreateDefault().AddService("eventmesh", serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
        .AddEnvironmentVariableDetector();

    public static Otlp Start() => IsAsked
        ? new(
            Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource)
                .AddSource("EventMesh.*", "Microsoft.AspNetCore", "Npgsql").AddOtlpExporter().Build(),
            Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource)
                .AddMeter("EventMesh.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime").AddOtlpExporter().Build())
        : new(null, null);

    public static void AddLogs(ILoggingBuilder logging)
    {
        if (IsAsked) logging.AddOpenTelemetry(o => o.SetResourceBuilder(Resource).AddProcessor(new SnakeCaseFields()).AddOtlpExporter());
    }

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }

    /// <summary>The same names of fields as on standard output.</summary>
    private sealed class SnakeCaseFields : BaseProcessor<LogRecord>
    {
        public override void OnEnd(LogRecord data)
        {
            if (data.Attributes is { } fields) data.Attributes = [.. fields.Select(f => KeyValuePair.Create(f.Key[0] == '{' ? f.Key : LogFields.NameOf(f.Key), f.Value))];
        }
    }
}

namespace EventMesh.Api.Telemetry;

/// <summary>What is logged, and where to.</summary>
internal static class Logs
{
    public static void Configure(ILoggingBuilder logging, JsonLines lines)
    {
        logging.ClearProviders();
        logging.AddProvider(lines);
        Otlp.AddLogs(logging);
        logging.SetMinimumLevel(LogLevel.Information);
        // The frameworks' own lines repeat ours, and name hosts and paths with their queries.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails ends with one line on standard error.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Warning);
    }
}

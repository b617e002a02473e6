using Microsoft.Extensions.Logging;

namespace EventMesh.Messaging.RabbitMq;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, EventName = "messaging.connected", Message = "messaging.connected {Role} {BrokerVersion}")]
    public static partial void Connected(ILogger log, string role, Version brokerVersion);

    [LoggerMessage(Level = LogLevel.Information, EventName = "messaging.looked", Message = "messaging.looked {Workspaces} {Waiting} {DurationMs}")]
    public static partial void Looked(ILogger log, int workspaces, int waiting, double durationMs);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.connection_ended", Message = "messaging.connection_ended {Role} {Reason} {RetryInMs}")]
    public static partial void ConnectionEnded(ILogger log, string role, string reason, double retryInMs);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.blocked", Message = "messaging.blocked {Role} {Reason}")]
    public static partial void Blocked(ILogger log, string role, string reason);

    [LoggerMessage(Level = LogLevel.Information, EventName = "messaging.unblocked", Message = "messaging.unblocked {Role}")]
    public static partial void Unblocked(ILogger log, string role);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.queue_gone", Message = "messaging.queue_gone {tenant_id} {Queue}")]
    public static partial void QueueGone(ILogger log, string tenant_id, string queue);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.queue_differs", Message = "messaging.queue_differs {Queue} {Reason}")]
    public static partial void QueueDiffers(ILogger log, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.queue_unknown", Message = "messaging.queue_unknown {Queue} {Reason}")]
    public static partial void QueueUnknown(ILogger log, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Error, EventName = "messaging.unreadable", Message = "messaging.unreadable {tenant_id} {Bytes}")]
    public static partial void Unreadable(ILogger log, string tenant_id, int bytes);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.queue_refused", Message = "messaging.queue_refused {tenant_id} {Reason} {RetryInMs}")]
    public static partial void QueueRefused(ILogger log, string tenant_id, string reason, double retryInMs);
}

using System.Diagnostics.Metrics;

namespace EventMesh.Messaging;

/// <summary>Counters of the meter <c>EventMesh.Messaging</c>. Tagged with the transport and never with the workspace: there may be thousands.</summary>
internal static class Instruments
{
    public static readonly KeyValuePair<string, object?> InProcess = new("transport", "in_process");
    public static readonly KeyValuePair<string, object?> RabbitMq = new("transport", "rabbitmq");

    private static readonly Meter Meter = new("EventMesh.Messaging");

    public static readonly Counter<long> Puts = Meter.CreateCounter<long>("eventmesh.messaging.puts", "{dispatch}", "Dispatches that were put.");
    public static readonly Counter<long> Confirms = Meter.CreateCounter<long>("eventmesh.messaging.confirms", "{dispatch}", "Messages the broker confirmed.");
    public static readonly Counter<long> Republished = Meter.CreateCounter<long>("eventmesh.messaging.republished", "{dispatch}", "Messages published again: returned, refused, or unconfirmed when a connection ended.");
    public static readonly Counter<long> Takes = Meter.CreateCounter<long>("eventmesh.messaging.takes", "{dispatch}", "Dispatches handed out.");
    public static readonly Counter<long> Requeues = Meter.CreateCounter<long>("eventmesh.messaging.requeues", "{dispatch}", "Dispatches given back to be handed out again.");
    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("eventmesh.messaging.dead_letters", "{message}", "Messages set aside because they cannot be read.");
    public static readonly Counter<long> Reconnects = Meter.CreateCounter<long>("eventmesh.messaging.reconnects", "{connection}", "Broker connections that ended and were opened again.");
    public static readonly Counter<long> Blocked = Meter.CreateCounter<long>("eventmesh.messaging.blocked", "{occurrence}", "Times the broker stopped reading what is published, for want of memory or disk.");
}

namespace EventMesh.EventStore.Reading;

/// <summary>The part of each query that leaves out payloads whose own retention is over, be their partition dropped or not. The database's clock decides, so that all nodes agree.</summary>
internal static class PayloadKept
{
    public const string Sql = "p.day + p.retention >= (now() at time zone 'UTC')::date";
}

using System.Text.Json;

namespace EventMesh.Projections.Usage;

/// <summary>Reads the few members that are counted, by hand: a rebuild reads every event there is.</summary>
internal static class UsageEventJson
{
    /// <summary>What begins with this was published by the platform itself.</summary>
    private const string Ours = "urn:eventmesh:";

    public ref struct What
    {
        public DateTimeOffset At;
        public bool IsOurs;
        public long? Size;
        public int Deliveries;
        public string? Limit;
    }

    /// <exception cref="JsonException">It is not such an event.</exception>
    public static What Read(ReadOnlySpan<byte> data)
    {
        var what = new What();
        var at = default(DateTimeOffset?);
        var json = new Utf8JsonReader(data);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("The event is not a JSON object.");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("at"u8)) at = Value(ref json).GetDateTimeOffset();
            else if (json.ValueTextEquals("source"u8)) what.IsOurs = Value(ref json).GetString()?.StartsWith(Ours, StringComparison.Ordinal) == true;
            else if (json.ValueTextEquals("size"u8)) what.Size = Value(ref json).GetInt64();
            else if (json.ValueTextEquals("limit"u8)) what.Limit = Value(ref json).GetString();
            else if (json.ValueTextEquals("deliveries"u8)) what.Deliveries = Items(ref json);
            else json.Skip();
        }
        what.At = at ?? throw Missing("at");
        return what;
    }

    public static JsonException Missing(string member) => new($"'{member}' is missing.");

    private static ref Utf8JsonReader Value(ref Utf8JsonReader json)
    {
        json.Read();
        return ref json;
    }

    private static int Items(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) throw new JsonException("'deliveries' is not an array.");
        var items = 0;
        for (; json.Read() && json.TokenType != JsonTokenType.EndArray; items++) json.Skip();
        return items;
    }
}

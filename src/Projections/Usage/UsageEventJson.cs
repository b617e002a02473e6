using System.Text.Json;
using EventMesh.Domain.Publishing;

namespace EventMesh.Projections.Usage;

/// <summary>Reads the few members that are counted, by hand: a rebuild reads every event there is.</summary>
internal static class UsageEventJson
{
    public ref struct What
    {
        public DateTimeOffset At;

        /// <summary>It is the platform's own: an event that it published itself, or a delivery of one.</summary>
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
            else if (json.ValueTextEquals("source"u8)) what.IsOurs = Value(ref json).GetString() is { } source && PlatformSource.Is(source);
            else if (json.ValueTextEquals("size"u8)) what.Size = Value(ref json).GetInt64();
            else if (json.ValueTextEquals("limit"u8)) what.Limit = Value(ref json).GetString();
            else if (json.ValueTextEquals("deliveries"u8)) what.Deliveries = Deliveries(ref json);
            else if (json.ValueTextEquals("of"u8)) what.IsOurs = !IsOfRule(ref json);
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

    private static int Deliveries(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) throw new JsonException("'deliveries' is not an array.");
        json.Read();
        var counted = 0;
        while (json.TokenType == JsonTokenType.StartObject)
        {
            if (HasRule(ref json)) counted++;
            json.Read();
        }
        return counted;
    }

    private static bool IsOfRule(ref Utf8JsonReader json)
    {
        json.Read();
        return HasRule(ref json);
    }

    /// <summary>What no rule of the workspace led to, the platform itself did: operational events, samples.</summary>
    private static bool HasRule(ref Utf8JsonReader json)
    {
        var has = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("rule"u8)) has = Value(ref json).GetString()?.StartsWith("rul_", StringComparison.Ordinal) == true;
            else json.Skip();
        }
        return has;
    }
}

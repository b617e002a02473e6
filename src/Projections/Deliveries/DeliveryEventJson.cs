using System.Text.Json;
using EventMesh.EventStore;

namespace EventMesh.Projections.Deliveries;

/// <summary>
/// Reads the few members of delivery events that the read model keeps. Written by hand: it is the inner loop of a rebuild, and the rest of an event
/// (errors, durations, addresses) would be parsed for nothing.
/// </summary>
internal static class DeliveryEventJson
{
    /// <summary>The members of an outcome: <c>of</c> whole, and of <c>attempt</c> its number, whether it is an object or the number itself.</summary>
    public ref struct Outcome
    {
        public string? Event;
        public string? Connection;
        public string? Rule;
        public DateTimeOffset AcceptedAt;
        public int? Attempt;
        public DateTimeOffset? RetryAt;
    }

    /// <param name="withTarget">Whether <c>of</c> is wanted; a row that is known has it.</param>
    public static Outcome ReadOutcome(ReadOnlySpan<byte> data, bool withTarget)
    {
        var outcome = new Outcome();
        var json = new Utf8JsonReader(data);
        Open(ref json);
        while (Member(ref json))
        {
            if (json.ValueTextEquals("attempt"u8)) outcome.Attempt = Number(ref json);
            else if (json.ValueTextEquals("retry_at"u8)) outcome.RetryAt = Time(ref json);
            else if (withTarget && json.ValueTextEquals("of"u8)) ReadTarget(ref json, ref outcome);
            else json.Skip();
        }
        return outcome;
    }

    /// <summary>Reads <c>event_routed</c>: <paramref name="planned"/> is called for each delivery, once all is known to be there.</summary>
    public static void ReadRouted(ReadOnlySpan<byte> data, List<(string Id, string Rule, string Connection)> planned, out DateTimeOffset acceptedAt)
    {
        planned.Clear();
        DateTimeOffset? accepted = null;
        var json = new Utf8JsonReader(data);
        Open(ref json);
        while (Member(ref json))
        {
            if (json.ValueTextEquals("accepted_at"u8)) accepted = Time(ref json);
            else if (json.ValueTextEquals("deliveries"u8)) ReadPlanned(ref json, planned);
            else json.Skip();
        }
        acceptedAt = accepted ?? throw new JsonException("'accepted_at' is missing.");
    }

    private static void ReadPlanned(ref Utf8JsonReader json, List<(string, string, string)> planned)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) throw new JsonException("'deliveries' is not an array.");
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            string? id = null, rule = null, connection = null;
            while (Member(ref json))
            {
                if (json.ValueTextEquals("id"u8)) id = Text(ref json);
                else if (json.ValueTextEquals("rule"u8)) rule = Text(ref json);
                else if (json.ValueTextEquals("connection"u8)) connection = Text(ref json);
                else json.Skip();
            }
            planned.Add((id ?? throw Missing("id"), rule ?? throw Missing("rule"), connection ?? throw Missing("connection")));
        }
    }

    private static void ReadTarget(ref Utf8JsonReader json, ref Outcome outcome)
    {
        json.Read();
        while (Member(ref json))
        {
            if (json.ValueTextEquals("event"u8)) outcome.Event = Text(ref json);
            else if (json.ValueTextEquals("connection"u8)) outcome.Connection = Text(ref json);
            else if (json.ValueTextEquals("rule"u8)) outcome.Rule = Text(ref json);
            else if (json.ValueTextEquals("accepted_at"u8)) outcome.AcceptedAt = Time(ref json) ?? default;
            else json.Skip();
        }
    }

    public static JsonException Missing(string member) => new($"'{member}' is missing.");

    private static void Open(ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("The event is not a JSON object.");
    }

    private static bool Member(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString();
    }

    private static DateTimeOffset? Time(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Null ? null : json.GetDateTimeOffset();
    }

    private static int? Number(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return json.GetInt32();
        int? number = null;
        while (Member(ref json))
        {
            if (json.ValueTextEquals("number"u8)) number = Number(ref json);
            else json.Skip();
        }
        return number;
    }
}

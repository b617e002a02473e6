using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventMesh.EventStore;

/// <summary>
/// The events that may be stored, each with the two names Marten gives it: its alias, the class name in snake_case (<c>connection_created</c>),
/// and its .NET name, <c>Namespace.Outer+ConnectionCreated, Assembly</c>.
/// </summary>
public sealed class EventTypes
{
    /// <summary>How events are written: snake_case members, enums by name, absent members left out. In Marten: <c>Casing.SnakeCase, EnumStorage.AsString</c>.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly FrozenDictionary<string, Type> byAlias;
    private readonly FrozenDictionary<Type, (string Alias, string DotnetName)> names;

    private EventTypes(IEnumerable<Type> events)
    {
        var types = events.ToArray();
        names = types.ToFrozenDictionary(t => t, t => (AliasOf(t), $"{t.FullName}, {t.Assembly.GetName().Name}"));
        byAlias = types.ToFrozenDictionary(AliasOf, t => t, StringComparer.Ordinal);
    }

    /// <summary>The cases of closed hierarchies: every sealed record nested in one of <paramref name="hierarchies"/>.</summary>
    /// <exception cref="ArgumentException">Two events share a name.</exception>
    public static EventTypes Of(params IEnumerable<Type> hierarchies) =>
        new(hierarchies.SelectMany(h => h.GetNestedTypes().Where(t => t.IsSealed && t.IsSubclassOf(h))));

    public IEnumerable<string> Aliases => byAlias.Keys;

    /// <summary>The alias of <paramref name="type"/>, as Marten makes it from the class name.</summary>
    public static string AliasOf(Type type) => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name);

    public object Read(StoredEvent stored) =>
        byAlias.TryGetValue(stored.Type, out var type)
            ? JsonSerializer.Deserialize(stored.Data.Span, type, Json) ?? throw new JsonException($"Event {stored.Position} of type {stored.Type} is null.")
            : throw new InvalidOperationException($"No event is known by the name '{stored.Type}' (stream {stored.Stream}, version {stored.Version}).");

    /// <summary>Reads an event that somebody else may have written, or an earlier version of us: reading has no effect, so whatever it throws is about the event.</summary>
    /// <param name="fault">Why it cannot be read; null when it can.</param>
    public object? TryRead(StoredEvent stored, out string? fault)
    {
        try
        {
            fault = null;
            return Read(stored);
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            fault = unreadable.Message;
            return null;
        }
    }

    public bool Knows(string alias) => byAlias.ContainsKey(alias);

    internal NewEvent Write(object happened)
    {
        var (alias, dotnetName) = names.TryGetValue(happened.GetType(), out var known)
            ? known
            : throw new InvalidOperationException($"{happened.GetType()} is not registered as an event.");
        return new(alias, dotnetName, JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), Json));
    }
}

/// <summary>An event about to be stored, under names of its own: for those that have no .NET type.</summary>
/// <param name="Data">JSON, UTF-8.</param>
public sealed record NewEvent(string Type, string? DotnetName, byte[] Data)
{
    public Guid Id { get; } = Guid.CreateVersion7();

    public override string ToString() => $"{Type} {Encoding.UTF8.GetString(Data)}";
}

using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Domain.Filters.Matching;
using EventMesh.Domain.Filters.Reading;

namespace EventMesh.Domain.Filters;

/// <summary>
/// Which events a rule is about: one JSON language, described in docs/filters.md. Compiled once; immutable; safe to share between threads.
/// Two filters are equal when they are the same JSON but for key order, white space and the way a number is written.
/// </summary>
[JsonConverter(typeof(FilterJsonConverter))]
public sealed class Filter : IEquatable<Filter>
{
    private readonly Condition<FilterInput> condition;
    private readonly string canonical;

    private Filter(string json, string canonical, Condition<FilterInput> condition, bool needsData)
    {
        this.condition = condition;
        this.canonical = canonical;
        Json = json;
        NeedsData = needsData;
        Types = TypeScopes.Of(condition);
    }

    /// <summary>The filter <c>{}</c>, which every event matches.</summary>
    public static Filter Everything { get; } = Parse(JsonElement.Parse("{}"));

    /// <summary>The filter as it was written, without white space.</summary>
    public string Json { get; }

    /// <summary>False when the filter looks at attributes only: data then need not be parsed and may be left Undefined.</summary>
    public bool NeedsData { get; }

    /// <summary>The types outside of which this filter cannot match; null when it may match any.</summary>
    public TypeScope? Types { get; }

    /// <summary>Compiles a filter. The JSON's document may be disposed afterwards.</summary>
    /// <exception cref="FilterRefused">The filter cannot be right.</exception>
    public static Filter Parse(JsonElement json) => Compile(json, FilterLimits.TextBytesMax);

    public bool Matches(in FilterInput input) => condition.Holds(input);

    public bool Equals(Filter? other) => other is not null && canonical == other.canonical;

    public override bool Equals(object? obj) => Equals(obj as Filter);

    public override int GetHashCode() => canonical.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Json;

    /// <summary>
    /// Compiles a filter that was accepted before. A store may write it longer than it was (a jsonb column prints 1e300 with all its zeros), so its length is not looked at again.
    /// </summary>
    internal static Filter Restore(JsonElement json) => Compile(json, int.MaxValue);

    private static Filter Compile(JsonElement json, int textBytesMax)
    {
        Shape.Check(json);
        var text = CanonicalJson.AsWritten(json, out var bytes);
        if (bytes > textBytesMax)
            throw new FilterRefused("", $"A filter has at most {FilterLimits.TextBytesMax} bytes; this one has {bytes}.");

        var reader = new FilterReader();
        var condition = reader.Read(json, Place.Root);
        return new Filter(text, CanonicalJson.Sorted(json), condition, reader.ReadsData);
    }
}

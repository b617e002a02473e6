using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using EventMesh.Domain.Filters;
using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>
/// A stored event is read for as long as its history lives. Its name and fields are therefore approved in a file: a change of that file is a change of what is on disk,
/// and wants a thought about what is there already.
/// </summary>
public class StoredEventTests
{
    private const string ApprovedFile = "tests/Unit/Architecture/stored-events.approved.txt";

    private static readonly Assembly Domain = typeof(Filter).Assembly;

    private readonly NullabilityInfoContext nullability = new();

    [Fact]
    public void Stored_events_are_those_approved()
    {
        var received = Describe();
        var approved = File.Exists(Repository.Path(ApprovedFile)) ? Repository.Read(ApprovedFile) : "";
        if (received == approved)
            return;

        var receivedFile = ApprovedFile.Replace(".approved.", ".received.", StringComparison.Ordinal);
        File.WriteAllText(Repository.Path(receivedFile), received);
        Assert.Fail($"Stored events have changed: compare {receivedFile} with the approved file beside it, and move it there if every event already stored can still be read.");
    }

    [Fact]
    public void Every_hierarchy_of_events_is_closed() => Assert.All(Hierarchies(), hierarchy =>
    {
        Assert.All(hierarchy.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), constructor =>
            Assert.True(constructor.IsPrivate || constructor.GetParameters().Select(p => p.ParameterType).SequenceEqual([hierarchy]), $"{hierarchy.Name} can be derived from outside"));
        Assert.All(Cases(hierarchy), happened => Assert.True(happened.IsSealed, $"{happened.Name} is not sealed"));
    });

    [Fact]
    public void Every_type_named_an_event_is_folded_by_its_aggregate() => Assert.Empty(
        Domain.GetTypes().Where(type => type.IsAbstract && type.Name.EndsWith("Event", StringComparison.Ordinal) && type.GetMethod("Evolve") is null).Except(Hierarchies()));

    [Fact]
    public void No_two_events_share_a_name()
    {
        var names = Hierarchies().SelectMany(Cases).Select(NameOf).ToList();
        Assert.NotEmpty(names);
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
    }

    private string Describe()
    {
        var text = new StringBuilder();
        var parts = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        foreach (var happened in Hierarchies().SelectMany(Cases).OrderBy(NameOf, StringComparer.Ordinal))
            DescribeFields(text, NameOf(happened), happened, parts);

        text.Append("\n# parts\n");
        var described = new HashSet<string>(StringComparer.Ordinal);
        while (parts.FirstOrDefault(part => !described.Contains(part.Key)) is { Key: not null } next)
        {
            described.Add(next.Key);
            if (next.Value.IsEnum)
                text.Append($"{next.Key} = {string.Join(" | ", Enum.GetNames(next.Value).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}\n");
            else
                DescribeFields(text, next.Key, next.Value, parts);
        }

        return text.ToString();
    }

    private void DescribeFields(StringBuilder text, string name, Type type, IDictionary<string, Type> parts)
    {
        text.Append(name).Append('\n');
        var fields = type.GetProperties(BindingFlags.Instance | BindingFlags.Public).OrderBy(p => p.MetadataToken);
        foreach (var field in fields)
            text.Append($"  {JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Name)}: {Describe(nullability.Create(field), parts)}\n");
    }

    private static string Describe(NullabilityInfo info, IDictionary<string, Type> parts)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        var optional = info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
            return $"{type.Name.Split('`')[0]}<{string.Join(", ", info.GenericTypeArguments.Select(argument => Describe(argument, parts)))}>{optional}";

        // A filter is JSON of its own, described in docs/filters.md.
        if (type.Assembly == Domain && type != typeof(Filter))
            parts.TryAdd(type.Name, type);
        return type.Name + optional;
    }

    private static string NameOf(Type happened) => JsonNamingPolicy.SnakeCaseLower.ConvertName(happened.Name);

    /// <summary>What some aggregate's <c>Evolve(state, happened)</c> folds.</summary>
    private static IEnumerable<Type> Hierarchies() =>
        Domain.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public))
            .Where(method => method.Name == "Evolve")
            .Select(method => method.GetParameters()[1].ParameterType);

    private static IEnumerable<Type> Cases(Type hierarchy) => hierarchy.GetNestedTypes().Where(nested => nested.IsSubclassOf(hierarchy) && !nested.IsAbstract);
}

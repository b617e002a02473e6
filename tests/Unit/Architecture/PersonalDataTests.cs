using System.Collections;
using System.Reflection;
using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Delivery;
using EventMesh.Domain.Filters;
using EventMesh.EventStore;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>
/// History is kept for ever and log lines go elsewhere: neither holds what is personal. Each text that an event can hold is of one of these classes; one that is of none does not exist.
/// What they mean is in docs/raw-data.md.
/// </summary>
public class PersonalDataTests
{
    private const string ApprovedFile = "tests/Unit/Architecture/personal-data.approved.txt";

    private static readonly HashSet<string> Classes =
    [
        "id", "code", "digest",
        "name",      // of configuration, given by those who configure
        "config",    // what else they write to configure
        "address",   // of configuration
        "public_key",
        "kept",      // the name under which a text is kept apart, or a text that is sealed itself
        "routing",   // what publishers give events to be routed by, documented as readable
        "machine",   // a text of ours about a failure: bounded, and what a target says masked
    ];

    // Texts of these are what people or targets say.
    private static readonly string[] NotInLogs =
        ["body", "payload", "data", "text", "value", "secret", "token", "password", "authorization", "credential", "key", "header", "headers", "email", "user", "username", "name", "address", "ip", "url", "query", "cookie", "content", "response", "request"];

    // Their names say more than they are, each with the reason.
    private static readonly HashSet<string> SaysLess =
    [
        "keys", "master_key", // how many, and a name
    ];

    private static readonly Assembly Domain = typeof(Filter).Assembly;

    [Fact]
    public void Each_text_of_each_stored_event_is_of_a_class_that_is_not_personal()
    {
        var approved = Repository.Read(ApprovedFile).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#')
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);
        var there = Texts().Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(there);
        var unclassified = there.Where(t => !approved.ContainsKey(t)).ToArray();
        Assert.True(unclassified.Length == 0, $"Say in {ApprovedFile} what these texts are, or keep them apart if a person could be in them:\n{string.Join('\n', unclassified)}");
        Assert.Empty(approved.Values.Except(Classes));
        Assert.Empty(approved.Keys.Except(there));
    }

    [Fact]
    public void No_field_of_a_log_line_is_a_body_a_secret_or_a_person()
    {
        var fields = Ours.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(m => m.GetCustomAttribute<LoggerMessageAttribute>() is not null)
            .SelectMany(m => m.GetParameters().Where(p => !p.ParameterType.IsAssignableTo(typeof(ILogger)) && !p.ParameterType.IsAssignableTo(typeof(Exception)))
                .Select(p => (Where: $"{m.DeclaringType!.Name}.{m.Name}", Field: JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name!), p.ParameterType))).ToArray();
        Assert.True(fields.Length > 100, $"{fields.Length} fields were found");
        Assert.Empty(fields.Where(f => !SaysLess.Contains(f.Field) && f.Field.Split('_').Intersect(NotInLogs).Any()).Select(f => $"{f.Where} {f.Field}"));
        // What is printed whole could hold anything.
        Assert.Empty(fields.Where(f => !IsPlain(Nullable.GetUnderlyingType(f.ParameterType) ?? f.ParameterType)).Select(f => $"{f.Where} {f.Field}: {f.ParameterType.Name}"));
    }

    private static readonly Assembly[] Ours =
        [typeof(Store).Assembly, typeof(Dispatch).Assembly, typeof(IndexFollower).Assembly, typeof(IConnector).Assembly, typeof(FanOut).Assembly, typeof(Gate).Assembly];

    private static bool IsPlain(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan) || type == typeof(Position) || type == typeof(Version);

    /// <summary>Each as <c>event_or_part.member</c>.</summary>
    private static IEnumerable<string> Texts()
    {
        var parts = new Queue<(string Name, Type Type)>(Hierarchies().SelectMany(Cases).Select(c => (JsonNamingPolicy.SnakeCaseLower.ConvertName(c.Name), c)));
        var seen = new HashSet<Type>();
        while (parts.TryDequeue(out var part))
        {
            if (!seen.Add(part.Type)) continue;
            foreach (var member in part.Type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.GetIndexParameters().Length == 0))
            {
                var held = Held(member.PropertyType).ToArray();
                if (held.Any(IsText)) yield return $"{part.Name}.{JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name)}";
                foreach (var inner in held.Where(t => t.Assembly == Domain && !t.IsEnum && !IsText(t))) parts.Enqueue((inner.Name, inner));
            }
        }
    }

    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(Uri) || type == typeof(object) || type == typeof(JsonElement) || type == typeof(byte) || type == typeof(char) || type == typeof(Filter);

    // The type itself, or what a list or dictionary holds, however deep.
    private static IEnumerable<Type> Held(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsArray) return Held(type.GetElementType()!);
        return type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) ? type.GetGenericArguments().SelectMany(Held) : [type];
    }

    private static IEnumerable<Type> Hierarchies() =>
        Domain.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public)).Where(m => m.Name == "Evolve").Select(m => m.GetParameters()[1].ParameterType);

    private static IEnumerable<Type> Cases(Type hierarchy) => hierarchy.GetNestedTypes().Where(nested => nested.IsSubclassOf(hierarchy) && !nested.IsAbstract);
}

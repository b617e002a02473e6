using System.Text.Json;
using EventMesh.Domain.Filters;
using FsCheck;
using FsCheck.Fluent;

namespace EventMesh.Tests.Unit.Filters;

/// <summary>Random filters and events, as JSON text, from so few names and values that they often meet.</summary>
internal static class Generated
{
    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly Gen<string> Number = Gen.Elements("0", "1", "1.0", "10e-1", "2", "2.5", "-1", "0.1", "9007199254740992", "9007199254740993");
    private static readonly Gen<string> Text = Gen.Elements("\"\"", "\"a\"", "\"ab\"", "\"b\"", "\"a*\"", "\"B\"", "\"\\u0061\"", "\"é\"");
    private static readonly Gen<string> Scalar = Gen.OneOf(Number, Text, Gen.Elements("true", "false", "null"));
    private static readonly Gen<string> Ordered = Gen.OneOf(Number, Text);
    private static readonly Gen<string> Types = Gen.Elements("order.created", "order.deleted", "order.item.created", "order", "invoice.created");
    private static readonly Gen<string> Patterns = Gen.OneOf(Types, Gen.Elements("order.*", "*.created", "*", "order*d", "*r*e*", "x*")).Select(Quote);
    private static readonly Gen<string> Ids = Gen.Elements("1", "2", "a", "a*").Select(Quote);
    private static readonly Gen<string> Times =
        Gen.Elements("2026-11-20T08:30:00Z", "2026-11-20T09:30:00+01:00", "2026-11-20T08:30:00.5Z", "2026-11-21T00:00:00Z").Select(Quote);

    public static Gen<string> Json(int depth) => depth == 0 ? Scalar : Gen.Frequency(
        (3, Scalar),
        (2, ListOf(Json(depth - 1), 0, 3)),
        (2, ObjectOf(Names.Select(name => (name, Json(depth - 1))), 0, 3)));

    /// <summary>What may stand below <c>data</c> or a field of it.</summary>
    public static Gen<string> OnData(int depth) => depth == 0 ? Scalar : Gen.Frequency(
        (2, Scalar),
        (2, ListOf(Gen.OneOf(Scalar, OfOperators(depth - 1)), 1, 3)),
        (3, OfOperators(depth - 1)),
        (3, ObjectOf(Names.Select(name => (name, OnData(depth - 1))), 1, 2)));

    /// <summary>One or two operators, sometimes beside a field.</summary>
    public static Gen<string> OfOperators(int depth)
    {
        List<(string, Gen<string>)> members =
        [
            ("$eq", Json(Math.Min(depth, 2))), ("$neq", Json(1)), ("$gt", Ordered), ("$gte", Ordered), ("$lt", Ordered), ("$lte", Ordered),
            ("$in", ListOf(Json(1), 1, 3)), ("$nin", ListOf(Json(1), 1, 3)), ("$exist", Gen.Elements("true", "false")), ("$startsWith", Text), ("$endsWith", Text),
        ];
        if (depth > 0)
        {
            var inner = Gen.OneOf(OfOperators(depth - 1), ObjectOf(Names.Select(name => (name, OnData(depth - 1))), 1, 2));
            members.AddRange([("$and", ListOf(inner, 1, 2)), ("$or", ListOf(inner, 1, 2)), ("$not", OnData(depth - 1)), ("a", OnData(depth - 1)), ("b", OnData(depth - 1))]);
        }

        return ObjectOf(members, 1, 2);
    }

    public static Gen<string> Filter(int depth)
    {
        List<(string, Gen<string>)> members =
        [
            ("type", OnAttribute(Patterns, Types.Select(Quote))), ("source", OnAttribute(Ids, Ids)), ("subject", OnAttribute(Ids, Ids)),
            ("resource", OnAttribute(Ids, Ids)), ("resource_id", OnAttribute(Ids, Ids)), ("time", OnAttribute(Times, null)),
            ("data", OnData(3)), ("data.a", OnData(2)), ("data.a.b", OnData(1)),
        ];
        if (depth > 0)
        {
            var inner = Filter(depth - 1);
            members.AddRange([("$and", ListOf(inner, 1, 2)), ("$or", ListOf(inner, 1, 3)), ("$not", inner)]);
        }

        return ObjectOf(members, 1, 3);
    }

    public static Gen<FilterInput> Event() =>
        from type in Types
        from source in Ids
        from subject in Maybe(Ids)
        from resource in Maybe(Ids)
        from resourceId in Maybe(Ids)
        from time in Maybe(Gen.OneOf(Times, Gen.Constant(Quote("soon"))))
        from data in Maybe(Gen.OneOf(Json(3), ObjectOf(Names.Select(name => (name, Json(2))), 1, 3)))
        select new FilterInput(
            type, Unquote(source)!, Unquote(subject), Unquote(resource), Unquote(resourceId), Unquote(time), data is null ? default : JsonElement.Parse(data));

    /// <summary>Any JSON, often with the language's own words in places where they may be wrong.</summary>
    public static Gen<string> Nonsense(int depth)
    {
        var words = Gen.Elements(
            "type", "time", "data", "data.a", "data.", "data..b", "data.$gt", "a", "$and", "$or", "$not", "$eq", "$gt", "$lt", "$in", "$nin", "$exist",
            "$startsWith", "$x", "", "$", "resourceId", "\\u0000", "\\ud800");
        var leaf = Gen.OneOf(Scalar, Gen.Elements("1e999", "-1e-999", "\"\\ud800\"", "\"\\u0000\"", "\"2026-02-30T00:00:00Z\"", "\"****\"", "[]", "{}"));
        if (depth == 0)
            return leaf;

        return Gen.Frequency(
            (1, leaf),
            (1, ListOf(Nonsense(depth - 1), 0, 3)),
            (3, from names in words.ListOf()
                from values in Nonsense(depth - 1).ListOf(Math.Min(names.Count, 3))
                select "{" + string.Join(',', names.Zip(values, (name, value) => $"\"{name}\":{value}")) + "}"));
    }

    public static Gen<string> ListOf(Gen<string> element, int min, int max) =>
        from count in Gen.Choose(min, max)
        from elements in element.ListOf(count)
        select "[" + string.Join(',', elements) + "]";

    public static Gen<string> ObjectOf(IEnumerable<(string Name, Gen<string> Value)> members, int min, int max)
    {
        var all = members.ToArray();
        return
            from count in Gen.Choose(min, max)
            from order in Gen.Shuffle(all)
            from chosen in Gen.CollectToList(order.Take(count), member => member.Value.Select(value => $"\"{member.Name}\":{value}"))
            select "{" + string.Join(',', chosen) + "}";
    }

    private static Gen<string> OnAttribute(Gen<string> exact, Gen<string>? plain)
    {
        List<(string, Gen<string>)> members =
        [
            ("$eq", exact), ("$neq", exact), ("$in", ListOf(exact, 1, 2)), ("$nin", ListOf(exact, 1, 2)), ("$exist", Gen.Constant("true")),
            ("$gt", plain ?? exact), ("$lte", plain ?? exact), ("$not", exact), ("$or", ListOf(exact.Select(value => $$"""{"$eq":{{value}}}"""), 1, 2)),
        ];
        if (plain is not null)
            members.AddRange([("$startsWith", Gen.Elements("\"order\"", "\"a\"", "\"\"")), ("$endsWith", Gen.Elements("\"created\"", "\"*\""))]);
        members.RemoveAll(member => member.Item1 == "$endsWith" && plain is not null && exact == Patterns);
        return Gen.OneOf(exact, ListOf(exact, 1, 3), ObjectOf(members, 1, 2));
    }

    private static Gen<string?> Maybe(Gen<string> some) => Gen.Frequency<string?>((3, some.Select(s => (string?)s)), (1, Gen.Constant<string?>(null)));

    private static string Quote(string text) => $"\"{text}\"";

    private static string? Unquote(string? json) => json?.Trim('"');
}

using System.Text.Json;
using System.Text.RegularExpressions;
using EventMesh.Domain.Filters;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class FilterProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [Fact]
    public void The_compiled_matcher_agrees_with_a_naive_interpreter()
    {
        int accepted = 0, matched = 0, tried = 0;
        Check(Generated.Filter(2), Generated.Event(), (text, input) =>
        {
            tried++;
            if (TryParse(text) is not { } filter)
                return true;

            accepted++;
            var matches = filter.Matches(input);
            matched += matches ? 1 : 0;
            return matches == NaiveInterpreter.Matches(JsonElement.Parse(text), input);
        });

        // Without these the property would say nothing.
        Assert.True(accepted > tried / 2, $"{accepted} of {tried} filters accepted");
        Assert.True(matched > accepted / 20, $"{matched} of {accepted} matched");
    }

    [Fact]
    public void It_agrees_below_data_too()
    {
        int accepted = 0, matched = 0;
        Check(Generated.OnData(3), Generated.Json(3), (condition, value) =>
        {
            if (TryParse("{\"data\":{\"a\":" + condition + "}}") is not { } filter)
                return true;

            accepted++;
            var matches = filter.Matches(Events.Order with { Data = JsonElement.Parse("{\"a\":" + value + "}") });
            matched += matches ? 1 : 0;
            return matches == NaiveInterpreter.Holds(JsonElement.Parse(condition), JsonElement.Parse(value), "data");
        });

        Assert.True(matched > accepted / 20, $"{matched} of {accepted} matched");
    }

    [Fact]
    public void What_is_refused_as_contradictory_matches_nothing()
    {
        var refused = 0;
        Check(Generated.OfOperators(0), Generated.Json(3), (condition, value) =>
        {
            if (TryParse("{\"data\":" + condition + "}") is not null)
                return true;

            refused++;
            return !NaiveInterpreter.Holds(JsonElement.Parse(condition), JsonElement.Parse(value), "data")
                && !NaiveInterpreter.Holds(JsonElement.Parse(condition), default, "data");
        });

        Assert.True(refused > 50, $"{refused} refused");
    }

    [Fact]
    public void Not_is_the_negation() => Check(Generated.Filter(1), Generated.Event(), (text, input) =>
        TryParse(text) is not { } filter || Events.Matches("{\"$not\":" + text + "}", input) == !filter.Matches(input));

    [Fact]
    public void The_order_of_keys_does_not_matter() => Check(Generated.Filter(2), Generated.Event(), (text, input) =>
    {
        var filter = TryParse(text);
        var reversed = TryParse(Reversed(JsonElement.Parse(text)));
        return filter is null == reversed is null
            && (filter is null || (filter.Matches(input) == reversed!.Matches(input) && filter.Equals(reversed) && filter.GetHashCode() == reversed.GetHashCode()));
    });

    [Fact]
    public void In_is_an_or_of_eq() => Check(Generated.ListOf(Generated.Json(2), 1, 4), Generated.Json(3), (list, value) =>
    {
        var eqs = JsonElement.Parse(list).EnumerateArray().Select(x => "{\"$eq\":" + x.GetRawText() + "}");
        return Events.MatchesData("{\"data\":{\"$in\":" + list + "}}", value) == Events.MatchesData("{\"data\":{\"$or\":[" + string.Join(',', eqs) + "]}}", value);
    });

    [Fact]
    public void Wildcards_agree_with_a_regular_expression() => Check(
        Gen.Elements('a', 'b', '*', '.').ArrayOf().Select(chars => new string(chars)),
        Gen.Elements('a', 'b', '.').ArrayOf().Select(chars => new string(chars)),
        (pattern, type) =>
        {
            if (pattern.Count(c => c == '*') > FilterLimits.WildcardsMax)
                return true;

            var expected = Regex.IsMatch(type, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "\\z", RegexOptions.NonBacktracking);
            return Events.MatchesType("{\"type\":\"" + pattern + "\"}", type) == expected;
        });

    [Fact]
    public void Only_FilterRefused_is_ever_thrown() => Check(Generated.Nonsense(4), Generated.Event(), (text, input) =>
    {
        if (TryParse(text) is { } filter)
            filter.Matches(input);
        return true;
    });

    [Fact]
    public void A_filter_is_only_about_types_in_its_scope() => Check(Generated.Filter(2), Generated.Event(), (text, input) =>
        TryParse(text) is not { } filter || filter.Types is not { } scope || !filter.Matches(input)
        || scope.Exact.Contains(input.Type) || scope.Prefixes.Any(prefix => input.Type.StartsWith(prefix, StringComparison.Ordinal)));

    [Fact]
    public void A_filter_that_needs_no_data_does_not_look_at_it() => Check(Generated.Filter(2), Generated.Event(), (text, input) =>
        TryParse(text) is not { NeedsData: false } filter || filter.Matches(input) == filter.Matches(input with { Data = default }));

    [Fact]
    public void A_filter_survives_being_stored() => Check(Generated.Filter(2), Generated.Event(), (text, input) =>
    {
        if (TryParse(text) is not { } filter)
            return true;

        var restored = JsonSerializer.Deserialize<Filter>(JsonSerializer.Serialize(filter))!;
        return restored.Equals(filter) && restored.Json == filter.Json && restored.Matches(input) == filter.Matches(input);
    });

    private static void Check<TLeft, TRight>(Gen<TLeft> left, Gen<TRight> right, Func<TLeft, TRight, bool> holds) =>
        Prop.ForAll(left.ToArbitrary(), right.ToArbitrary(), holds).Check(Often);

    private static Filter? TryParse(string json)
    {
        try
        {
            return Events.Filter(json);
        }
        catch (FilterRefused refused)
        {
            Assert.NotEmpty(refused.Reason);
            return null;
        }
    }

    private static string Reversed(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', json.EnumerateObject().Reverse().Select(p => JsonSerializer.Serialize(p.Name) + ":" + Reversed(p.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', json.EnumerateArray().Select(Reversed)) + "]",
        _ => json.GetRawText(),
    };
}

using EventMesh.Domain.Filters;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

/// <summary>Each limit, at it and one past it.</summary>
public class LimitTests
{
    [Fact]
    public void Depth()
    {
        Events.Filter(Nested(FilterLimits.DepthMax));
        RefusalTests.Check(Nested(FilterLimits.DepthMax + 1), "data" + string.Concat(Enumerable.Repeat(".a", FilterLimits.DepthMax - 1)), "16 deep");

        static string Nested(int depth) =>
            "{\"data\":" + string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "1" + new string('}', depth);
    }

    [Fact]
    public void Depth_of_a_dotted_key()
    {
        Events.Filter(Dotted(FilterLimits.DepthMax - 2));
        RefusalTests.Check(Dotted(FilterLimits.DepthMax - 1), "data" + string.Concat(Enumerable.Repeat(".a", FilterLimits.DepthMax - 1)), "16 deep");

        static string Dotted(int names) => "{\"data" + string.Concat(Enumerable.Repeat(".a", names)) + "\":1}";
    }

    [Fact]
    public void Conditions()
    {
        Events.Filter(Choices(FilterLimits.ConditionsMax));
        RefusalTests.Check(Choices(FilterLimits.ConditionsMax + 1), "type[256]", "256 comparisons");
        RefusalTests.Check("{\"source\":\"x\",\"type\":{\"$in\":" + List(FilterLimits.ConditionsMax) + "}}", "type.$in[255]", "256 comparisons");

        static string Choices(int count) => "{\"type\":" + List(count) + "}";
        static string List(int count) => "[" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}\"")) + "]";
    }

    [Fact]
    public void Text()
    {
        Events.Filter(OfBytes(FilterLimits.TextBytesMax));
        Events.Filter(OfBytes(FilterLimits.TextBytesMax).Replace(",", ",    ", StringComparison.Ordinal));
        RefusalTests.Check(OfBytes(FilterLimits.TextBytesMax + 1), "", "has 16385");

        static string OfBytes(int bytes)
        {
            var start = "{\"source\":[" + string.Concat(Enumerable.Repeat("\"" + new string('x', 1000) + "\",", 16)) + "\"";
            return start + new string('y', bytes - start.Length - 3) + "\"]}";
        }
    }

    [Fact]
    public void Strings()
    {
        var longest = string.Concat(Enumerable.Repeat("é", FilterLimits.StringBytesMax / 2));
        Events.Filter("{\"source\":\"" + longest + "\"}");
        RefusalTests.Check("{\"source\":\"" + longest + "x\"}", "source", "1024 bytes");
        Events.Filter("{\"data\":{\"" + longest + "\":1}}");
        RefusalTests.Check("{\"data\":{\"" + longest + "x\":1}}", "data." + longest[..64] + "…", "1024 bytes");
    }

    [Fact]
    public void Wildcards()
    {
        Events.Filter("{\"type\":\"" + new string('*', FilterLimits.WildcardsMax) + "\"}");
        RefusalTests.Check("{\"type\":\"" + new string('*', FilterLimits.WildcardsMax + 1) + "\"}", "type", "16 wildcards");
        Events.Filter("{\"source\":\"" + new string('*', FilterLimits.WildcardsMax + 1) + "\"}");
    }

    [Fact]
    public void Numbers()
    {
        Events.Filter("{\"data\":[9.99e307,-1e-309,1e307]}");
        RefusalTests.Check("{\"data\":[1e308]}", "data[0]", "1e308");
        var digits = string.Concat(Enumerable.Repeat("12345678", FilterLimits.NumberDigitsMax / 8));
        Events.Filter("{\"data\":" + digits + "00}");
        RefusalTests.Check("{\"data\":" + digits + "1}", "data", "64 digits");
    }
}

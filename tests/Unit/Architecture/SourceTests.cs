using System.Text.RegularExpressions;
using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>What every source file of ours keeps to.</summary>
public partial class SourceTests
{
    private const int LinesMax = 400;

    // An interface is worth its name when there are two of a kind. These have one for now, or one that is not ours.
    private static readonly Dictionary<string, string> InterfacesWithOneImplementation = new()
    {
        ["IConnector"] = "webhooks are the first of many kinds of target",
        ["IDispatchQueues"] = "one transport is in process, the other a broker",
        ["ISettle"] = "each transport settles in its own way",
    };

    [Fact]
    public void No_file_is_longer_than_400_lines() => Assert.All(Repository.Sources, file =>
        Assert.True(File.ReadLines(Repository.Path(file)).Count() <= LinesMax, $"{file} has more than {LinesMax} lines"));

    [Fact]
    public void No_interface_stands_beside_a_single_class()
    {
        var types = Repository.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal)).SelectMany(file => Code.Types(Repository.Read(file))).ToList();
        Assert.All(types.Where(type => type.Kind == "interface"), type =>
        {
            var implementations = types.Count(other => other.Kind != "interface" && Regex.IsMatch(other.Bases, $@":.*\b{type.Name}\b", RegexOptions.Singleline));
            Assert.True(implementations > 1 || InterfacesWithOneImplementation.ContainsKey(type.Name), $"{type.Name} has {implementations} implementations");
        });
    }

    [Fact]
    public void Names_say_what_a_thing_is() => Assert.All(Repository.Sources, file =>
    {
        Assert.All(file[..^".cs".Length].Split('/'), name => Assert.DoesNotMatch(EmptyWord(), name));
        Assert.All(Code.Types(Repository.Read(file)), type => Assert.DoesNotMatch(EmptyWord(), type.Name));
    });

    /// <summary>A catch that does nothing names one exception and says why; one for all exceptions has a filter, throws on, or tells somebody.</summary>
    [Fact]
    public void No_exception_is_swallowed() => Assert.All(Repository.Sources, file => Assert.All(Code.Catches(Repository.Read(file)), caught =>
    {
        var forAll = caught.Type is "" or "Exception" && !caught.HasFilter;
        if (caught.Statements.Length == 0)
            Assert.True(!forAll && caught.Block.Contains("//", StringComparison.Ordinal), $"{file}: an empty catch of {caught.Type} without a reason");
        else if (forAll)
            Assert.True(Throws().IsMatch(caught.Statements) || (caught.Variable.Length > 0 && caught.Statements.Contains(caught.Variable, StringComparison.Ordinal)),
                $"{file}: every exception is caught, and nobody told: {caught.Statements}");
    }));

    // An infinite delay with a token waits for the token.
    [Fact]
    public void Tests_wait_for_signals_not_for_time() => Assert.All(Tests(), file =>
        Assert.DoesNotMatch(@"\b(Task\.Delay(?!\(Timeout\.Infinite)|Thread\.Sleep|SpinWait)\b", Code.WithoutProse(Repository.Read(file))));

    [Fact]
    public void No_test_is_skipped() => Assert.All(Tests(), file =>
        Assert.DoesNotMatch(@"\[(Fact|Theory)\([^)]*Skip|Assert\.Skip", Code.WithoutProse(Repository.Read(file))));

    private static IEnumerable<string> Tests() => Repository.Sources.Where(file =>
        file.StartsWith("tests/", StringComparison.Ordinal) && file != "tests/Servers/Eventually.cs");

    [GeneratedRegex("(?:^|[a-z0-9])(Manager|Helper|Util|Utils|Utility|Common|Base|Impl)s?(?=$|[A-Z])")]
    private static partial Regex EmptyWord();

    [GeneratedRegex(@"\bthrow\b")]
    private static partial Regex Throws();
}

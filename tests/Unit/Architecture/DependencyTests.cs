using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>Who may know whom: Api → Delivery → {Connectors, Messaging, Projections} → {EventStore, Domain}.</summary>
public class DependencyTests
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Domain"] = [],
        ["EventStore"] = [],
        ["Messaging"] = [],
        ["Connectors"] = ["Domain"],
        ["Projections"] = ["EventStore", "Domain"],
        ["Delivery"] = ["Connectors", "Messaging", "Projections", "EventStore", "Domain"],
        ["Api"] = ["Delivery", "Connectors", "Messaging", "Projections", "EventStore", "Domain"],
        // A client of the public API; it verifies signatures with the code that makes them.
        ["Cli"] = ["Connectors"],
    };

    // Where the outside world is spoken to, by the namespace that speaks to it.
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        // The command line's is for databases of its users: see Cli/Replaying.
        ["Npgsql"] = ["EventStore", "Projections", "Delivery", "Api", "Cli"],
        ["RabbitMQ"] = ["Messaging"],
        ["Amazon"] = ["Api"],
        ["Microsoft.AspNetCore"] = ["Api", "Cli"],
        ["Spectre"] = ["Cli"],
        ["YamlDotNet"] = ["Cli", "Connectors"],
    };

    [Fact]
    public void Every_project_has_its_place() =>
        Assert.Equal(MayReference.Keys.Order(StringComparer.Ordinal), Repository.Projects.Order(StringComparer.Ordinal));

    [Fact]
    public void Projects_reference_only_what_lies_below_them() => Assert.All(MayReference, project =>
        Assert.Empty(Repository.References(project.Key, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).Except(project.Value)));

    [Fact]
    public void Domain_references_nothing_but_analyzers()
    {
        Assert.Equal(["Microsoft.CodeAnalysis.BannedApiAnalyzers"], Repository.References("Domain", "PackageReference"));
        Assert.Empty(Repository.References("Domain", "FrameworkReference"));
    }

    [Fact]
    public void The_outside_world_is_spoken_to_in_few_places() => Assert.All(Repository.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal)), file =>
    {
        var project = file.Split('/')[1];
        var code = Code.WithoutProse(Repository.Read(file));
        foreach (var (prefix, projects) in MayUse)
            Assert.True(projects.Contains(project) || !code.Contains($"using {prefix}", StringComparison.Ordinal), $"{file} uses {prefix}, which is for {string.Join(", ", projects)}");
    });
}

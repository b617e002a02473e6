using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>Runs when all other tests have: what does not run beside others is last.</summary>
[CollectionDefinition("last", DisableParallelization = true)]
public sealed class Last;

[Collection("last")]
public class When_all_has_been_tried(NothingPlantedIsLeft search, RunningMesh mesh)
{
    [Fact]
    public async Task Nothing_that_was_planted_is_found_in_any_file_or_log()
    {
        Assert.NotEmpty(Planted.All);
        Assert.Contains("-v1-traces", Directory.EnumerateFiles(mesh.Telemetry).Select(Path.GetFileName));
        Assert.Empty(await search.Found(mesh));
    }
}

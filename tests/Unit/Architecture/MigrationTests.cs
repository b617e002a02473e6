using EventMesh.Delivery;
using EventMesh.EventStore;
using EventMesh.EventStore.Migrations;
using EventMesh.Projections.Index;
using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

public class MigrationTests
{
    [Fact]
    public void Each_number_of_a_component_is_used_once() => Assert.All(new[] { typeof(Store), typeof(IndexFollower), typeof(FanOut) }, component =>
    {
        var steps = Migration.In(component.Assembly, component.Assembly.GetName().Name!);
        Assert.NotEmpty(steps);
        Assert.Equal(steps.Select(s => s.Number).Distinct(), steps.Select(s => s.Number));
    });
}

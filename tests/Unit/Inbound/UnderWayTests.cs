using EventMesh.Api.Inbound;
using Xunit;

namespace EventMesh.Tests.Unit.Inbound;

public class UnderWayTests
{
    [Fact]
    public void A_source_has_so_many_at_once_and_no_more_and_the_others_have_theirs()
    {
        var all = new UnderWay();
        var here = Enumerable.Range(0, UnderWay.PerSourceMax).Select(_ => all.Enter("src_1")).ToList();
        Assert.All(here, Assert.NotNull);
        Assert.Null(all.Enter("src_1"));
        Assert.NotNull(all.Enter("src_2"));
        here[7]!.Dispose();
        Assert.NotNull(all.Enter("src_1"));
        Assert.Null(all.Enter("src_1"));
    }
}

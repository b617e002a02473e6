using EventMesh.Domain.Access;
using Xunit;

namespace EventMesh.Tests.Unit.Audit;

public sealed class HistoryReadingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 23, 59, 59, TimeSpan.Zero);

    [Fact]
    public void Whichever_node_tells_it_a_reading_of_one_hour_has_one_stream()
    {
        var stream = HistoryReading.StreamOf(ReadingKind.Audit, "key_1", Now);
        Assert.Equal("reading-audit-key_1-2026112123", stream);
        Assert.Equal(stream, HistoryReading.StreamOf(ReadingKind.Audit, "key_1", Now.AddMinutes(-59).ToOffset(TimeSpan.FromHours(5))));
        Assert.NotEqual(stream, HistoryReading.StreamOf(ReadingKind.Audit, "key_1", Now.AddSeconds(1)));
        Assert.NotEqual(stream, HistoryReading.StreamOf(ReadingKind.Audit, "key_2", Now));
    }
}

using EventMesh.Domain.Consumers;
using Xunit;
using static EventMesh.Domain.Consumers.ConsumerCommand;
using static EventMesh.Domain.Consumers.ConsumerEvent;

namespace EventMesh.Tests.Unit.Consumers;

public class ConsumerDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly ConsumerFilter Filter = new(["event_*"], "evt_", null);
    private static readonly CreateConsumer Create = new("c", Filter, ConsumerFrom.Now, null, "5", At);
    private static readonly ConsumerCreated Created = new("c", Filter, ConsumerFrom.Now, null, "5", At);
    private static readonly ResetConsumer Reset = new("7", "0", At);
    private static readonly ConsumerReset WasReset = new("c", "7", "0", At);
    private static readonly DeleteConsumer Delete = new(At);
    private static readonly ConsumerDeleted Deleted = new("c", At);
    private static readonly Scenario<ConsumerCommand, Consumer, ConsumerEvent> A = new(Consumer.Initial, Consumer.Evolve, ConsumerDecider.Decide);

    [Fact]
    public void It_is_created_once() => A.After().When(Create).HappensOnce(Created);

    [Fact]
    public void Now_is_the_same_wish_at_any_moment() => A.After(Created).When(Create with { Start = "9", At = At.AddHours(1) }).Nothing();

    [Fact]
    public void Another_wish_under_its_name_is_refused()
    {
        A.After(Created).When(Create with { Filter = Filter with { Types = ["event_*", "rule_*"] } }).Refused("consumer.exists");
        A.After(Created).When(Create with { Filter = Filter with { Stream = null } }).Refused("consumer.exists");
        A.After(Created).When(Create with { From = ConsumerFrom.Beginning }).Refused("consumer.exists");
        A.After(Created with { From = ConsumerFrom.Position }).When(Create with { From = ConsumerFrom.Position, Start = "6" }).Refused("consumer.exists");
        A.After(Created with { From = ConsumerFrom.Time, FromTime = At }).When(Create with { From = ConsumerFrom.Time, FromTime = At.AddSeconds(1) }).Refused("consumer.exists");
    }

    [Fact]
    public void Each_reset_is_a_generation_of_its_own_even_to_where_it_stands()
    {
        A.After(Created).When(Reset).Happens(WasReset);
        A.After(Created, WasReset).When(Reset).Happens(WasReset);
        var state = (Consumer.Existing)A.After(Created, WasReset, WasReset).State;
        Assert.Equal((3, "0"), (state.Generation, state.Start));
    }

    [Fact]
    public void It_is_deleted_once_and_its_name_begins_a_further_generation()
    {
        A.After(Created).When(Delete).HappensOnce(Deleted);
        A.After(Created, Deleted).When(Create).Happens(Created);
        Assert.Equal(3, ((Consumer.Existing)A.After(Created, WasReset, Deleted, Created).State).Generation);
    }

    [Fact]
    public void What_is_not_there_is_neither_reset_nor_deleted()
    {
        A.After().When(Reset).Refused("consumer.missing");
        A.After().When(Delete).Refused("consumer.missing");
        A.After(Created, Deleted).When(Reset).Refused("consumer.missing");
    }

    [Fact]
    public void Nothing_is_forgotten() => A.DecidesEverything([Create, Reset, Delete], A.After(), A.After(Created), A.After(Created, Deleted));

    [Theory]
    [InlineData("a", true), InlineData("0.a_b-c", true), InlineData("", false), InlineData("-a", false), InlineData("A", false), InlineData("a/b", false), InlineData(null, false)]
    public void A_name_is_short_and_plain(string? name, bool holds)
    {
        Assert.Equal(holds, Consumer.IsName(name));
        Assert.True(Consumer.IsName(new('a', Consumer.NameCharsMax)));
        Assert.False(Consumer.IsName(new('a', Consumer.NameCharsMax + 1)));
    }
}

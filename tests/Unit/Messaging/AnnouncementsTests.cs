using EventMesh.Messaging.RabbitMq;
using Xunit;

namespace EventMesh.Tests.Unit.Messaging;

/// <summary>A message that nobody heard of would wait for ever: each is followed by an announcement.</summary>
public sealed class AnnouncementsTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private readonly ManualClock _clock = new();
    private readonly Announcements _announcements;

    public AnnouncementsTests() => _announcements = new(_clock, Every);

    [Fact]
    public void The_first_message_of_a_workspace_is_announced_at_once()
    {
        Assert.True(_announcements.Due("acme"));
        Assert.True(_announcements.Due("other"));
    }

    [Fact]
    public void One_announcement_is_all_there_is_until_the_interval_is_over()
    {
        Assert.True(_announcements.Due("acme"));
        _clock.Advance(Every - TimeSpan.FromTicks(1));
        Assert.False(_announcements.Due("acme"));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(_announcements.Due("acme"));
    }

    [Fact]
    public void A_message_in_between_is_announced_when_the_interval_is_over_and_once()
    {
        _announcements.Due("acme");
        _announcements.Due("acme");
        _clock.Advance(Every - TimeSpan.FromTicks(1));
        Assert.Empty(_announcements.TakeOwed());

        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["acme"], _announcements.TakeOwed());

        _clock.Advance(Every);
        Assert.Empty(_announcements.TakeOwed());
    }

    [Fact]
    public void What_is_not_owed_is_forgotten()
    {
        _announcements.Due("acme");
        _clock.Advance(Every);
        Assert.Empty(_announcements.TakeOwed());
        Assert.Empty(_announcements.TakeAll());
    }

    [Fact]
    public void On_a_new_connection_all_are_made_anew()
    {
        _announcements.Due("acme");
        _announcements.Due("other");
        Assert.Equal(["acme", "other"], _announcements.TakeAll().Order());
        Assert.True(_announcements.Due("acme"));
    }

    private sealed class ManualClock : TimeProvider
    {
        private long now;

        public void Advance(TimeSpan by) => now += by.Ticks;
        public override long GetTimestamp() => now;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}

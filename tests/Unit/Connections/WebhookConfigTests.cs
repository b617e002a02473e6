using EventMesh.Domain.Connections;
using Xunit;

namespace EventMesh.Tests.Unit.Connections;

/// <summary>A change is stored when the configuration differs: what differs must not be lost, what does not must not fill the history.</summary>
public class WebhookConfigTests
{
    private static readonly WebhookConfig Config = new(
        new Uri("https://user:old@a.example/hook?x=1"), new Dictionary<string, string> { ["X-One"] = "1", ["X-Two"] = "2" }, WebhookBody.Data, [5, 10]);

    [Fact]
    public void The_same_written_anew_is_the_same()
    {
        var same = new WebhookConfig(
            new Uri("https://user:old@a.example/hook?x=1"), new Dictionary<string, string> { ["X-Two"] = "2", ["X-One"] = "1" }, WebhookBody.Data, new List<int> { 5, 10 });
        Assert.Equal(Config, same);
        Assert.Equal(Config.GetHashCode(), same.GetHashCode());
        Assert.Equal(Config with { Headers = null }, Config with { Headers = new Dictionary<string, string>() });
    }

    [Fact]
    public void Any_difference_is_one()
    {
        Assert.NotEqual(Config, Config with { Url = new Uri("https://a.example/other") });
        Assert.NotEqual(Config, Config with { Url = new Uri("https://user:new@a.example/hook?x=1") });
        Assert.NotEqual(Config, Config with { Headers = null });
        Assert.NotEqual(Config, Config with { Headers = new Dictionary<string, string> { ["X-One"] = "1", ["X-Two"] = "3" } });
        Assert.NotEqual(Config, Config with { Body = WebhookBody.Cloudevent });
        Assert.NotEqual(Config, Config with { LegacySignature = new("X-Sig") });
        Assert.NotEqual(Config, Config with { RetrySchedule = null });
        Assert.NotEqual(Config, Config with { RetrySchedule = [10, 5] });
        Assert.NotEqual(Config with { RetrySchedule = null }, Config with { RetrySchedule = [] });
    }
}

using EventMesh.Domain.OAuth;
using Xunit;
using static EventMesh.Domain.OAuth.OauthAppCommand;
using static EventMesh.Domain.OAuth.OauthAppEvent;

namespace EventMesh.Tests.Unit.OAuth;

public class OauthAppTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly OauthAppSet Set = new("hubspot", "abc", "sec_1", At);
    private static readonly Scenario<OauthAppCommand, OauthApp, OauthAppEvent> An = new(OauthApp.Initial, OauthApp.Evolve, OauthAppDecider.Decide);

    [Fact]
    public void It_is_set_and_set_again()
    {
        An.After().When(new SetApp("hubspot", "abc", "sec_1", At)).Happens(Set);
        An.After(Set).When(new SetApp("hubspot", "abc", "sec_2", At)).Happens(Set with { Secret = "sec_2" });
        Assert.Equal(new OauthApp.Registered("hubspot", "abc", "sec_2", At), An.After(Set, Set with { Secret = "sec_2" }).State);
    }

    [Fact]
    public void It_is_removed_once()
    {
        An.After(Set).When(new RemoveApp(At)).Happens(new OauthAppRemoved(At));
        An.After(Set, new OauthAppRemoved(At)).When(new RemoveApp(At)).Refused("oauth_app.missing");
        An.After().When(new RemoveApp(At)).Refused("oauth_app.missing");
    }
}

using EventMesh.Domain.OAuth;
using Xunit;
using static EventMesh.Domain.OAuth.ConnectSessionCommand;
using static EventMesh.Domain.OAuth.ConnectSessionEvent;

namespace EventMesh.Tests.Unit.OAuth;

public class ConnectSessionTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Scopes = ["a"];
    private static readonly ConnectSessionCreated Created = new("con_1", "hubspot", Scopes, At.AddMinutes(30), At);
    private static readonly Scenario<ConnectSessionCommand, ConnectSession, ConnectSessionEvent> A = new(ConnectSession.Initial, ConnectSession.Evolve, ConnectSessionDecider.Decide);

    [Fact]
    public void It_is_created_once()
    {
        A.After().When(new CreateSession("con_1", "hubspot", Scopes, At.AddMinutes(30), At)).Happens(Created);
        A.After(Created).When(new CreateSession("con_1", "hubspot", Scopes, At.AddMinutes(30), At)).Refused("connect_session.exists");
    }

    [Fact]
    public void It_connects_once()
    {
        A.After(Created).When(new UseSession(At)).Happens(new ConnectSessionUsed(At));
        A.After(Created, new ConnectSessionUsed(At)).When(new UseSession(At)).Refused("connect_session.used");
        A.After().When(new UseSession(At)).Refused("connect_session.missing");
    }
}

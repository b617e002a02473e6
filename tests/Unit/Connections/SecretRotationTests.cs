using EventMesh.Domain.Connections;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static EventMesh.Domain.Connections.ConnectionCommand;
using static EventMesh.Domain.Connections.ConnectionEvent;

namespace EventMesh.Tests.Unit.Connections;

public class SecretRotationTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly WebhookConfig Config = new(new Uri("https://a.example/hook"), null, WebhookBody.Cloudevent, null);
    private static readonly WebhookConfig Legacy = Config with { LegacySignature = new("X-Hub-Signature-256") };
    private static readonly ConnectionCreated Created = new("crm", "webhook", Config, At);
    private static readonly ConnectionDisabled Disabled = new(DisabledBecause.Asked, At);
    private static readonly Scenario<ConnectionCommand, Connection, ConnectionEvent> A = new(Connection.Initial, Connection.Evolve, ConnectionDecider.Decide);

    [Fact]
    public void A_new_connection_signs_with_its_first_secret() => Assert.Equal(["sec_first"], SigningAt(At, Created));

    [Fact]
    public void A_rotation_happens_enabled_or_disabled_and_survives_both()
    {
        A.After(Created).When(Rotate("b", 60, At)).Happens(Rotated("b", 60, At));
        A.After(Created, Disabled).When(Rotate("b", 60, At)).Happens(Rotated("b", 60, At));
        Assert.Equal(["b", "sec_first"], SigningAt(At, Created, Rotated("b", 60, At), Disabled, new ConnectionEnabled(At), new ConnectionChanged("erp", Config, At)));
        Assert.Equal(["b", "sec_first"], SigningAt(At, Created, Disabled, Rotated("b", 60, At), new ConnectionEnabled(At)));
    }

    [Fact]
    public void Old_secrets_sign_until_the_overlap_ends_and_not_then()
    {
        Assert.Equal(["b", "sec_first"], SigningAt(At.AddSeconds(60).AddTicks(-1), Created, Rotated("b", 60, At)));
        Assert.Equal(["b"], SigningAt(At.AddSeconds(60), Created, Rotated("b", 60, At)));
    }

    [Fact]
    public void Without_an_overlap_the_new_one_is_alone_at_once() =>
        Assert.Equal(["c"], SigningAt(At.AddSeconds(1), Created, Rotated("b", 3600, At), Rotated("c", 0, At.AddSeconds(1))));

    [Fact]
    public void A_later_overlap_adds_and_never_lengthens_an_earlier_one()
    {
        ConnectionEvent[] happened = [Created, Rotated("b", 60, At), Rotated("c", 600, At.AddSeconds(30))];
        Assert.Equal(["c", "b", "sec_first"], SigningAt(At.AddSeconds(59), happened));
        Assert.Equal(["c", "b"], SigningAt(At.AddSeconds(60), happened));
        Assert.Equal(["c"], SigningAt(At.AddSeconds(630), happened));
    }

    [Fact]
    public void A_shorter_overlap_bounds_the_earlier_ones_too() =>
        Assert.Equal(["c"], SigningAt(At.AddSeconds(10), Created, Rotated("b", 3600, At), Rotated("c", 10, At)));

    [Fact]
    public void Five_sign_at_once_and_a_sixth_is_refused_until_one_has_ended()
    {
        ConnectionEvent[] five = [Created, Rotated("b", 60, At), Rotated("c", 60, At), Rotated("d", 60, At), Rotated("e", 60, At)];
        Assert.Equal(SigningSecret.ActiveMax, SigningAt(At, five).Length);
        A.After(five[..^1]).When(Rotate("e", 60, At)).Happens(Rotated("e", 60, At));
        A.After(five).When(Rotate("f", 60, At)).Refused("connection.too_many_secrets");
        A.After(five).When(Rotate("f", 0, At)).Happens(Rotated("f", 0, At));
        A.After(five).When(Rotate("f", 60, At.AddSeconds(60))).Happens(Rotated("f", 60, At.AddSeconds(60)));
    }

    [Fact]
    public void Whatever_happens_the_newest_comes_first_and_when_its_overlap_has_passed_signs_alone() =>
        Prop.ForAll<(PositiveInt Seconds, NonNegativeInt Overlap)[]>(rotations =>
        {
            var (now, end, happened) = (At, At, new List<ConnectionEvent> { Created });
            foreach (var (seconds, overlap) in rotations)
            {
                now = now.AddSeconds(seconds.Get);
                happened.Add(Rotated($"s{happened.Count}", overlap.Get, now));
                end = now.AddSeconds(overlap.Get);
            }
            var newest = happened is [.., ConnectionSecretRotated rotated] ? rotated.Secret : SigningSecret.FirstId;
            return SigningAt(now, [.. happened])[0] == newest && SigningAt(end, [.. happened]).SequenceEqual([newest]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_legacy_signature_and_an_Ed25519_key_never_meet()
    {
        var (ed25519, hmac) = (new RotateSecret("b", SigningScheme.Ed25519, "whpk_", 60, At), new ConnectionSecretRotated("b", SigningScheme.Ed25519, "whpk_", 60, At));
        A.After(Created with { Config = Legacy }).When(ed25519).Refused("connection.legacy_needs_hmac");
        A.After(Created, hmac).When(new ChangeConnection(null, Legacy, At)).Refused("connection.legacy_needs_hmac");
        A.After().When(new CreateConnection("crm", "webhook", Legacy, At, SigningScheme.Ed25519, "whpk_")).Refused("connection.legacy_needs_hmac");
        A.After(Created).When(new ChangeConnection(null, Legacy, At)).Happens(new ConnectionChanged("crm", Legacy, At));
    }

    [Fact]
    public void What_is_not_there_is_not_rotated()
    {
        A.After().When(Rotate("b", 60, At)).Refused("connection.missing");
        A.After(Created, new ConnectionDeleted(At)).When(Rotate("b", 60, At)).Refused("connection.missing");
    }

    private static RotateSecret Rotate(string id, int overlap, DateTimeOffset at) => new(id, SigningScheme.Hmac, null, overlap, at);
    private static ConnectionSecretRotated Rotated(string id, int overlap, DateTimeOffset at) => new(id, SigningScheme.Hmac, null, overlap, at);

    private static string[] SigningAt(DateTimeOffset now, params ConnectionEvent[] happened) => A.After(happened).State switch
    {
        Connection.Enabled enabled => [.. enabled.Secrets.ActiveAt(now).Select(s => s.Id)],
        Connection.Disabled disabled => [.. disabled.Secrets.ActiveAt(now).Select(s => s.Id)],
        _ => [],
    };
}

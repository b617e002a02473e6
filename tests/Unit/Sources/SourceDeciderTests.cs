using EventMesh.Domain.Sources;
using Xunit;
using static EventMesh.Domain.Sources.SourceCommand;
using static EventMesh.Domain.Sources.SourceEvent;

namespace EventMesh.Tests.Unit.Sources;

public class SourceDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly SourceSettings Settings = new("github", "aa", new(VerificationKind.Github), new(null, new(Header: "X-GitHub-Event"), null, null));
    private static readonly SourceCreated Created = new(Settings, "sec_1", At);
    private static readonly SourceDisabled Disabled = new(At);
    private static readonly SourceEnabled Enabled = new(At);
    private static readonly SourceDeleted Deleted = new(At);
    private static readonly CreateSource Create = new(Settings, "sec_1", At);
    private static readonly ChangeSource Change = new("other", Settings.Verification, Settings.Envelope, At);
    private static readonly SourceCommand.RotateSecret Rotate = new("sec_2", Day, At);
    private static readonly Scenario<SourceCommand, Source, SourceEvent> A = new(Source.Initial, Source.Evolve, SourceDecider.Decide);

    [Fact]
    public void A_source_is_created_enabled_with_one_secret()
    {
        A.After().When(Create).Happens(Created);
        var source = Assert.IsType<Source.Enabled>(A.After(Created).State);
        Assert.Equal([new SourceSecret("sec_1", null)], source.Secrets);
    }

    [Fact]
    public void An_id_is_used_once()
    {
        A.After(Created).When(Create).Refused("source.exists");
        A.After(Created, Deleted).When(Create).Refused("source.exists");
    }

    [Fact]
    public void A_change_to_what_is_there_is_none()
    {
        A.After(Created).When(Change).HappensOnce(new SourceChanged(Settings with { Name = "other" }, At));
        A.After(Created, Disabled).When(Change).HappensOnce(new SourceChanged(Settings with { Name = "other" }, At));
    }

    [Fact]
    public void A_new_token_leaves_the_rest()
    {
        A.After(Created).When(new RotateToken("bb", At)).Happens(new SourceChanged(Settings with { TokenSha256 = "bb" }, At));
        A.After(Created, Disabled).When(new RotateToken("bb", At)).Happens(new SourceChanged(Settings with { TokenSha256 = "bb" }, At));
    }

    [Fact]
    public void It_is_disabled_and_enabled_once()
    {
        A.After(Created).When(new DisableSource(At)).HappensOnce(Disabled);
        A.After(Created, Disabled).When(new EnableSource(At)).HappensOnce(Enabled);
    }

    [Fact]
    public void It_is_deleted_once_in_whatever_state()
    {
        A.After(Created).When(new DeleteSource(At)).HappensOnce(Deleted);
        A.After(Created, Disabled).When(new DeleteSource(At)).HappensOnce(Deleted);
        A.After().When(new DeleteSource(At)).Refused("source.missing");
    }

    [Fact]
    public void An_old_secret_holds_until_the_overlap_ends_and_not_in_that_moment()
    {
        var secrets = Assert.IsType<Source.Enabled>(A.After(Created).Then(Rotate).State).Secrets;
        Assert.Equal([new("sec_1", At + Day), new("sec_2", null)], secrets);
        Assert.Equal(["sec_1", "sec_2"], Source.Holding(secrets, At + Day - TimeSpan.FromTicks(1)).Select(s => s.Id));
        Assert.Equal(["sec_2"], Source.Holding(secrets, At + Day).Select(s => s.Id));
    }

    [Fact]
    public void Without_overlap_the_old_secret_ends_at_once() =>
        Assert.Equal([new SourceSecret("sec_2", null)], Assert.IsType<Source.Disabled>(A.After(Created, Disabled).Then(Rotate with { Overlap = TimeSpan.Zero }).State).Secrets);

    [Fact]
    public void A_second_rotation_does_not_lengthen_the_first_overlap()
    {
        var secrets = Assert.IsType<Source.Enabled>(A.After(Created).Then(Rotate).Then(new SourceCommand.RotateSecret("sec_3", 7 * Day, At)).State).Secrets;
        Assert.Equal([new("sec_1", At + Day), new("sec_2", At + 7 * Day), new("sec_3", null)], secrets);
    }

    [Fact]
    public void Five_secrets_hold_at_once_and_no_sixth()
    {
        var four = A.After(Created).Then(Rotate).Then(Rotate with { SecretId = "sec_3" }).Then(Rotate with { SecretId = "sec_4" });
        four.When(Rotate with { SecretId = "sec_5" }).Happens(new SourceSecretRotated("sec_5", At + Day, At));
        var five = four.Then(Rotate with { SecretId = "sec_5" });
        five.When(Rotate with { SecretId = "sec_6" }).Refused("source.secrets_full");
        five.When(Rotate with { SecretId = "sec_6", Overlap = TimeSpan.Zero }).Happens(new SourceSecretRotated("sec_6", At, At));
        // When the overlap is over there is room again.
        five.When(Rotate with { SecretId = "sec_6", At = At + Day }).Happens(new SourceSecretRotated("sec_6", At + 2 * Day, At + Day));
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything(
        [Create, Change, new RotateToken("bb", At), Rotate, new DisableSource(At), new EnableSource(At), new DeleteSource(At)],
        A.After(), A.After(Created), A.After(Created, Disabled), A.After(Created, Deleted));
}

using EventMesh.Domain.Access;
using EventMesh.Domain.Keys;
using Xunit;

namespace EventMesh.Tests.Unit.Keys;

public class ApiKeyDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddHours(1);
    private static readonly ApiKeyCommand.IssueApiKey Issue = new("app", "ab12", At);
    private static readonly ApiKeyCommand.RevokeApiKey Revoke = new(Later);
    private static readonly ApiKeyEvent.ApiKeyIssued Issued = new("app", "ab12", At);
    private static readonly ApiKeyEvent.ApiKeyRevoked Revoked = new(Later);
    private static readonly Scenario<ApiKeyCommand, ApiKey, ApiKeyEvent> A = new(ApiKey.Initial, ApiKey.Evolve, ApiKeyDecider.Decide);

    [Fact]
    public void A_key_is_issued() => A.After().When(Issue).Happens(Issued);

    [Fact]
    public void The_same_id_is_not_issued_twice_not_even_after_it_was_revoked()
    {
        A.After(Issued).When(Issue).Refused("key.exists");
        A.After(Issued, Revoked).When(Issue).Refused("key.exists");
    }

    [Fact]
    public void A_key_has_all_roles_unless_fewer_are_named()
    {
        A.After().When(Issue with { Roles = Role.Publisher }).Happens(Issued with { Roles = ["publisher"] });
        Assert.Equal(Role.All, ((ApiKey.Active)A.After(Issued).State).Roles);
        Assert.Equal(Role.Operator | Role.Auditor, ((ApiKey.Active)A.After(Issued with { Roles = ["operator", "auditor"] }).State).Roles);
    }

    [Fact]
    public void Roles_are_changed_once_and_only_while_the_key_is_there()
    {
        var change = new ApiKeyCommand.ChangeApiKeyRoles(Role.Developer, Later);
        A.After(Issued).When(change).HappensOnce(new ApiKeyEvent.ApiKeyRolesChanged(["developer"], Later));
        A.After().When(change).Refused("key.missing");
        A.After(Issued, Revoked).When(change).Refused("key.missing");
    }

    [Fact]
    public void A_role_that_this_version_does_not_know_gives_nothing() =>
        Assert.Equal(Role.Auditor, ((ApiKey.Active)A.After(Issued with { Roles = ["auditor", "emperor"] }).State).Roles);

    [Fact]
    public void A_key_is_revoked_once() => A.After(Issued).When(Revoke).HappensOnce(Revoked);

    [Fact]
    public void A_key_that_never_was_cannot_be_revoked() => A.After().When(Revoke).Refused("key.missing");

    [Fact]
    public void A_revoked_key_holds_no_digest_that_could_still_open_anything()
    {
        Assert.Equal(new ApiKey.Active("app", "ab12", At), A.After(Issued).State);
        Assert.Equal(new ApiKey.Revoked("app", At, Later), A.After(Issued, Revoked).State);
        Assert.Equal(A.After(Issued, Revoked).State, A.After(Issued, Revoked, new ApiKeyEvent.ApiKeyRevoked(Later.AddDays(1))).State);
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything([Issue, new ApiKeyCommand.ChangeApiKeyRoles(Role.Auditor, Later), Revoke], A.After(), A.After(Issued), A.After(Issued, Revoked));
}

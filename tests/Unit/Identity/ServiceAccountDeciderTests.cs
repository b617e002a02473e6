using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;
using Xunit;

namespace EventMesh.Tests.Unit.Identity;

public class ServiceAccountDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddHours(1);
    private static readonly ClientCredential Secret = new("crd_1", ClientCredentialKind.Secret, "ab12", null, null, At, null);
    private static readonly ClientCredential Key = new("crd_2", ClientCredentialKind.Jwk, null, "{}", "k1", At, null);
    private static readonly ServiceAccountEvent.ServiceAccountCreated Created = new("shop", ["developer", "publisher"], 900, At);
    private static readonly ServiceAccountEvent.ServiceAccountCredentialAdded Added = new(Secret, At);
    private static readonly ServiceAccountEvent.ServiceAccountDeleted Deleted = new(Later);
    private static readonly Scenario<ServiceAccountCommand, ServiceAccount, ServiceAccountEvent> A = new(ServiceAccount.Initial, ServiceAccount.Evolve, ServiceAccountDecider.Decide);

    [Fact]
    public void It_is_created_enabled_and_without_credentials()
    {
        A.After().When(new ServiceAccountCommand.CreateServiceAccount("shop", Role.Publisher | Role.Developer, 900, At)).Happens(Created);
        var state = Assert.IsType<ServiceAccount.Present>(A.After(Created).State);
        Assert.True(state is { Enabled: true, Generation: 0, TokenSeconds: 900 } && state.Credentials.IsEmpty);
    }

    [Fact]
    public void A_change_leaves_what_it_does_not_name()
    {
        A.After(Created).When(new ServiceAccountCommand.ChangeServiceAccount(null, Role.Auditor, null, null, Later))
            .Happens(new ServiceAccountEvent.ServiceAccountChanged("shop", ["auditor"], 900, true, Later));
        A.After(Created).When(new ServiceAccountCommand.ChangeServiceAccount("shop", null, 900, true, Later)).Nothing();
    }

    [Fact]
    public void Disabling_ends_its_tokens_and_enabling_brings_none_back()
    {
        var disabled = A.After(Created).Then(new ServiceAccountCommand.ChangeServiceAccount(null, null, null, false, Later));
        Assert.Equal(1, Assert.IsType<ServiceAccount.Present>(disabled.State).Generation);
        var again = Assert.IsType<ServiceAccount.Present>(disabled.Then(new ServiceAccountCommand.ChangeServiceAccount(null, null, null, true, Later)).State);
        Assert.True(again is { Enabled: true, Generation: 1 });
    }

    [Fact]
    public void Revoking_all_tokens_begins_another_generation_each_time()
    {
        var revoke = new ServiceAccountCommand.RevokeTokens(Later);
        A.After(Created).When(revoke).Happens(new ServiceAccountEvent.TokensRevokedBefore(Later));
        Assert.Equal(2, Assert.IsType<ServiceAccount.Present>(A.After(Created).Then(revoke).Then(revoke).State).Generation);
    }

    [Fact]
    public void Credentials_are_added_once_and_revoked_once()
    {
        A.After(Created).When(new ServiceAccountCommand.AddCredential(Secret)).HappensOnce(Added);
        A.After(Created, Added).When(new ServiceAccountCommand.RevokeCredential("crd_1", Later)).HappensOnce(new ServiceAccountEvent.ServiceAccountCredentialRevoked("crd_1", Later));
        A.After(Created, Added).When(new ServiceAccountCommand.RevokeCredential("crd_9", Later)).Refused("credential.missing");
    }

    [Fact]
    public void Two_keys_do_not_share_a_name() =>
        A.After(Created, new ServiceAccountEvent.ServiceAccountCredentialAdded(Key, At)).When(new ServiceAccountCommand.AddCredential(Key with { Id = "crd_3" })).Refused("service_account.key_exists");

    [Fact]
    public void Ten_credentials_are_usable_at_once_and_expired_ones_do_not_count()
    {
        var nine = Enumerable.Range(0, ClientCredential.ActiveMax - 1).Select(i => (ServiceAccountEvent)new ServiceAccountEvent.ServiceAccountCredentialAdded(Secret with { Id = $"crd_a{i}" }, At));
        ServiceAccountEvent expired = new ServiceAccountEvent.ServiceAccountCredentialAdded(Secret with { Id = "crd_old", ExpiresAt = At }, At);
        var full = A.After([Created, expired, .. nine, Added]);
        Assert.Single(A.After([Created, expired, .. nine]).When(new ServiceAccountCommand.AddCredential(Secret)).Events);
        full.When(new ServiceAccountCommand.AddCredential(Secret with { Id = "crd_more" })).Refused("service_account.too_many_credentials");
    }

    [Fact]
    public void What_is_deleted_is_missing_and_deleted_once()
    {
        A.After(Created).When(new ServiceAccountCommand.DeleteServiceAccount(Later)).HappensOnce(Deleted);
        A.After(Created, Deleted).When(new ServiceAccountCommand.AddCredential(Secret)).Refused("service_account.missing");
        A.After().When(new ServiceAccountCommand.DeleteServiceAccount(Later)).Refused("service_account.missing");
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything(
        [
            new ServiceAccountCommand.CreateServiceAccount("shop", Role.Auditor, 900, At), new ServiceAccountCommand.ChangeServiceAccount(null, null, null, false, At), new ServiceAccountCommand.AddCredential(Key),
            new ServiceAccountCommand.RevokeCredential("crd_1", At), new ServiceAccountCommand.RevokeTokens(At), new ServiceAccountCommand.DeleteServiceAccount(At),
        ],
        A.After(), A.After(Created, Added), A.After(Created, Deleted));
}

using EventMesh.Domain.Secrets;
using Xunit;

namespace EventMesh.Tests.Unit.Secrets;

public class SecretDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddHours(1);
    private static readonly SecretCommand.CreateSecret Create = new("db", 1, "the database", "key_1", null, At);
    private static readonly SecretCommand.AddVersion Add = new(2, "key_2", null, Later);
    private static readonly SecretCommand.RevokeVersion Revoke = new(1, Later);
    private static readonly SecretCommand.DeleteSecret Delete = new(Later);
    private static readonly SecretEvent.SecretCreated Created = new("db", 1, "the database", "key_1", null, At);
    private static readonly SecretEvent.SecretVersionAdded Added = new("db", 2, "key_2", null, Later);
    private static readonly SecretEvent.SecretVersionRevoked Revoked = new("db", 1, Later);
    private static readonly SecretEvent.SecretDeleted Deleted = new("db", Later);
    private static readonly Scenario<SecretCommand, Secret, SecretEvent> A = new(Secret.Initial, Secret.Evolve, SecretDecider.Decide);

    [Fact]
    public void A_secret_is_created_with_its_first_version() => A.After().When(Create).Happens(Created);

    [Fact]
    public void A_name_is_taken_until_its_secret_is_deleted()
    {
        A.After(Created).When(Create).Refused("secret.exists");
        A.After(Created, Deleted).When(Create with { Version = 2 }).Happens(Created with { Version = 2 });
        Assert.Equal([2], Versions(A.After(Created, Deleted, Created with { Version = 2 }).State));
    }

    [Fact]
    public void A_version_is_added_beside_those_of_before() => A.After(Created).When(Add).Happens(Added);

    [Fact]
    public void A_number_is_given_once() => A.After(Created).When(Add with { Version = 1 }).Refused("secret.version_taken");

    [Fact]
    public void Numbers_of_writers_that_were_slower_are_newer_only_by_number() =>
        Assert.Equal([1, 2, 3], Versions(A.After(Created, Added with { Version = 3 }, Added).State));

    [Fact]
    public void As_many_versions_are_active_as_the_limit_says_and_no_more()
    {
        SecretEvent[] full = [Created, .. Enumerable.Range(2, Secret.ActiveVersionsMax - 1).Select(n => Added with { Version = n })];
        A.After(full[..^1]).When(Add with { Version = 99 }).Happens(Added with { Version = 99 });
        A.After(full).When(Add with { Version = 99 }).Refused("secret.too_many_versions");
        A.After([.. full, Revoked]).When(Add with { Version = 99 }).Happens(Added with { Version = 99 });
    }

    [Fact]
    public void What_has_expired_leaves_room() =>
        A.After([Created with { ExpiresAt = Later }, .. Enumerable.Range(2, Secret.ActiveVersionsMax - 1).Select(n => Added with { Version = n })])
            .When(Add with { Version = 99 }).Happens(Added with { Version = 99 });

    [Fact]
    public void A_version_is_revoked_once() => A.After(Created, Added).When(Revoke).HappensOnce(Revoked);

    [Fact]
    public void A_version_that_never_was_cannot_be_revoked() => A.After(Created).When(Revoke with { Version = 2 }).Refused("secret.version.missing");

    [Fact]
    public void A_version_is_active_until_it_is_revoked_or_expires()
    {
        var kept = (Secret.Kept)A.After(Created with { ExpiresAt = Later }, Added, Added with { Version = 3 }, Revoked with { Version = 3 }).State;
        Assert.Equal([1, 2], kept.ActiveAt(Later.AddTicks(-1)).Select(v => v.Number));
        Assert.Equal([2], kept.ActiveAt(Later).Select(v => v.Number));
    }

    [Fact]
    public void A_secret_is_deleted_once() => A.After(Created, Added).When(Delete).HappensOnce(Deleted);

    [Fact]
    public void What_is_not_there_can_be_neither_changed_nor_deleted()
    {
        A.After().When(Add).Refused("secret.missing");
        A.After().When(Revoke).Refused("secret.missing");
        A.After().When(Delete).Refused("secret.missing");
        A.After(Created, Deleted).When(Add).Refused("secret.missing");
    }

    [Fact]
    public void Of_versions_that_are_over_the_last_are_shown()
    {
        var history = new List<SecretEvent> { Created };
        for (var n = 2; n <= Secret.OverVersionsKept + 3; n++) history.AddRange([Added with { Version = n }, Revoked with { Version = n }]);
        Assert.Equal([1, .. Enumerable.Range(4, Secret.OverVersionsKept)], Versions(A.After([.. history]).State));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("0.db_pass-word", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData(".a", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    public void A_name_is_lower_case_and_has_no_slash(string? name, bool is_one) => Assert.Equal(is_one, Secret.IsName(name));

    [Fact]
    public void A_name_has_at_most_a_hundred_characters()
    {
        Assert.True(Secret.IsName(new string('a', Secret.NameCharsMax)));
        Assert.False(Secret.IsName(new string('a', Secret.NameCharsMax + 1)));
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything([Create, Add, Revoke, Delete], A.After(), A.After(Created), A.After(Created, Deleted));

    private static IEnumerable<int> Versions(Secret state) => ((Secret.Kept)state).Versions.Select(v => v.Number);
}

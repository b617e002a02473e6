using System.Collections.Immutable;
using EventMesh.Delivery;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Identity;
using EventMesh.Domain.Secrets;
using EventMesh.Domain.Sources;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using Xunit;

namespace EventMesh.Tests.Unit.Secrets;

public class EndedSecretsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LongAgo = At.AddDays(-30);
    private static readonly ConfiguredWorkspace Acme = ConfiguredWorkspace.Empty("acme");

    [Fact]
    public void A_signing_secret_is_over_a_minute_after_its_overlap()
    {
        var rotated = With(new ConnectionEvent.ConnectionSecretRotated("sec_2", SigningScheme.Hmac, null, 60, At));
        var first = SigningSecrets.NameOf("con_1", SigningSecret.FirstId);
        Assert.False(IsOver(rotated, first, At.AddSeconds(120)));
        Assert.True(IsOver(rotated, first, At.AddSeconds(121)));
        Assert.False(IsOver(rotated, SigningSecrets.NameOf("con_1", "sec_2"), At.AddYears(1)));
    }

    [Fact]
    public void One_that_a_later_rotation_dropped_is_over()
    {
        var rotated = With(new ConnectionEvent.ConnectionSecretRotated("sec_2", SigningScheme.Hmac, null, 0, At));
        Assert.True(IsOver(rotated, SigningSecrets.NameOf("con_1", SigningSecret.FirstId), At));
    }

    [Fact]
    public void One_that_is_about_to_be_named_is_not_over_for_an_hour()
    {
        var name = SigningSecrets.NameOf("con_1", "sec_new");
        Assert.False(IsOver(With(), name, At.AddHours(1), keptAt: At));
        Assert.True(IsOver(With(), name, At.AddHours(1).AddTicks(1), keptAt: At));
        Assert.False(IsOver(Acme, "connections/con_new/signing", At.AddHours(1), keptAt: At));
        Assert.True(IsOver(Acme, "connections/con_new/signing", At.AddHours(1).AddTicks(1), keptAt: At));
    }

    [Fact]
    public void A_deleted_connection_takes_everything_of_its_own_with_it()
    {
        var deleted = With(new ConnectionEvent.ConnectionDeleted(At));
        foreach (var name in new[] { "connections/con_1/signing", "connections/con_1/signing/sec_2", "connections/con_1/credential/sec_3", "connections/con_1/oauth" })
        {
            Assert.True(IsOver(deleted, name, At, keptAt: At));
        }
        Assert.False(IsOver(With(), "connections/con_1/signing", At.AddYears(1)));
        Assert.False(IsOver(With(), "connections/con_1/oauth", At.AddYears(1)));
    }

    [Fact]
    public void A_credential_s_or_a_header_s_value_is_over_when_the_connection_names_it_no_more()
    {
        var before = With(
            new ConnectionEvent.ConnectionCredentialSet(Credential.None with { Kind = CredentialKind.Bearer }, "sec_1", At),
            new ConnectionEvent.ConnectionChanged("c", new(new("https://example.com"), null, WebhookBody.Cloudevent, null) { SecretHeaders = new Dictionary<string, string> { ["X-A"] = "sec_2" } }, At));
        foreach (var name in new[] { "connections/con_1/credential/sec_1", "connections/con_1/headers/sec_2" })
        {
            Assert.False(IsOver(before, name, At.AddYears(1)));
            Assert.True(IsOver(With(), name, At.AddYears(1)));
            Assert.False(IsOver(With(), name, At, keptAt: At));
        }
    }

    [Fact]
    public void A_source_s_secret_is_over_a_minute_after_its_overlap_or_with_its_source()
    {
        var settings = new SourceSettings("s", "ab", new(VerificationKind.Github), new(null, new("t"), null, null));
        var rotated = Source.Evolve(Source.Evolve(Source.Initial, new SourceEvent.SourceCreated(settings, "sec_1", LongAgo)), new SourceEvent.SourceSecretRotated("sec_2", At.AddSeconds(60), At));
        var workspace = Acme with { Sources = Acme.Sources.Add("src_1", rotated) };
        Assert.False(IsOver(workspace, "sources/src_1/sec_1", At.AddSeconds(120)));
        Assert.True(IsOver(workspace, "sources/src_1/sec_1", At.AddSeconds(121)));
        Assert.False(IsOver(workspace, "sources/src_1/sec_2", At.AddYears(1)));
        Assert.True(IsOver(Acme with { Sources = Acme.Sources.Add("src_1", new Source.Deleted()) }, "sources/src_1/sec_2", At, keptAt: At));
    }

    [Fact]
    public void A_version_of_a_workspace_s_own_is_over_when_it_is_revoked_or_expired()
    {
        var secret = new Secret.Kept("db", null, "key_1", LongAgo)
        {
            Versions = [new(1, "key_1", LongAgo, null, At), new(2, "key_1", LongAgo, At.AddHours(1)), new(3, "key_1", LongAgo, null)],
        };
        var workspace = Acme with { Secrets = ImmutableDictionary<string, Secret.Kept>.Empty.Add("db", secret) };
        Assert.Equal([true, false, false, true], Enumerable.Range(1, 4).Select(v => IsOver(workspace, "db", At.AddMinutes(59), v)));
        Assert.True(IsOver(workspace, "db", At.AddHours(1), 2));
        // Deleted: the index knows the name no more.
        Assert.True(IsOver(Acme, "db", At));
        Assert.False(IsOver(Acme, "db", At, keptAt: At));
    }

    [Fact]
    public void The_private_half_of_a_signing_key_is_over_when_the_key_is_retired()
    {
        IssuerEvent[] happened = [new IssuerEvent.IssuerKeyAdded("kid_1", "{}", LongAgo, LongAgo), new IssuerEvent.IssuerKeyAdded("kid_2", "{}", LongAgo, LongAgo), new IssuerEvent.IssuerKeyRetired("kid_1", At)];
        var workspace = Acme with { Identity = Acme.Identity with { Issuer = happened.Aggregate(Issuer.Initial, Issuer.Evolve) } };
        Assert.True(IsOver(workspace, "issuer/keys/kid_1", At, keptAt: At));
        Assert.False(IsOver(workspace, "issuer/keys/kid_2", At.AddYears(1)));
        // About to be named, or never.
        Assert.False(IsOver(workspace, "issuer/keys/kid_3", At.AddHours(1), keptAt: At));
        Assert.True(IsOver(workspace, "issuer/keys/kid_3", At.AddHours(1).AddTicks(1), keptAt: At));
    }

    [Fact]
    public void Who_a_member_was_is_over_when_they_are_none_any_more()
    {
        Assert.False(IsOver(Acme, "members/usr_1", At, keptAt: At));
        Assert.True(IsOver(Acme, "members/usr_1", At));
    }

    [Theory]
    [InlineData("reveals/rev_1")]
    [InlineData("oauth-apps/slack")]
    public void What_others_keep_is_theirs_to_end(string name) => Assert.False(IsOver(Acme, name, At.AddYears(1)));

    [Fact]
    public void An_index_that_does_not_know_the_workspace_ends_nothing() =>
        Assert.False(EndedSecrets.IsOver(new("acme", "connections/con_1/signing", 1, LongAgo), null, At));

    private static bool IsOver(ConfiguredWorkspace workspace, string name, DateTimeOffset now, int version = 1, DateTimeOffset? keptAt = null) =>
        EndedSecrets.IsOver(new("acme", name, version, keptAt ?? LongAgo), workspace, now);

    private static ConfiguredWorkspace With(params ConnectionEvent[] since)
    {
        ConnectionEvent[] history = [new ConnectionEvent.ConnectionCreated("c", "webhook", new(new("https://example.com"), null, WebhookBody.Cloudevent, null), LongAgo), .. since];
        return Acme with { Connections = Acme.Connections.Add("con_1", history.Aggregate(Connection.Initial, Connection.Evolve)) };
    }
}

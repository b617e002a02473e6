using EventMesh.Domain.Identity;
using Xunit;

namespace EventMesh.Tests.Unit.Identity;

public class IssuerDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 30, 0, TimeSpan.Zero);
    private static readonly TimeSpan LastTokenEnds = TimeSpan.FromSeconds(TokenLifetime.SecondsMax) + TokenLifetime.Skew;
    private static readonly Scenario<IssuerCommand, Issuer, IssuerEvent> I = new(Issuer.Initial, Issuer.Evolve, IssuerDecider.Decide);

    private static NewIssuerKey Key(string kid) => new(kid, $$"""{"kid":"{{kid}}"}""");
    private static IssuerEvent.IssuerKeyAdded Added(string kid, DateTimeOffset signsFrom, DateTimeOffset at) => new(kid, Key(kid).Jwk, signsFrom, at);
    private static string[] States(Issuer issuer, DateTimeOffset now) => [.. issuer.At(now).Select(k => $"{k.Key.Kid} {k.State}")];

    [Fact]
    public void The_first_key_signs_at_once_and_of_two_that_begin_one_wins()
    {
        I.After().When(new IssuerCommand.BeginIssuing(Key("a"), At)).Happens(Added("a", At, At));
        I.After(Added("a", At, At)).When(new IssuerCommand.BeginIssuing(Key("b"), At)).Nothing();
        Assert.Equal("a", I.After(Added("a", At, At)).State.SignerAt(At)!.Kid);
    }

    [Fact]
    public void The_next_key_is_shown_before_it_signs_and_the_one_before_until_its_last_token_has_expired()
    {
        var signs = At.AddSeconds(600);
        I.After(Added("a", At, At)).When(new IssuerCommand.RotateKey(Key("b"), 600, At)).Happens(Added("b", signs, At));
        var issuer = I.After(Added("a", At, At), Added("b", signs, At)).State;
        Assert.Equal(["a Signing", "b Pending"], States(issuer, signs.AddTicks(-1)));
        Assert.Equal(["a Verifying", "b Signing"], States(issuer, signs));
        Assert.Equal(["a Verifying", "b Signing"], States(issuer, signs + LastTokenEnds - TimeSpan.FromTicks(1)));
        Assert.NotNull(issuer.FindAt("a", signs + LastTokenEnds - TimeSpan.FromTicks(1)));
        Assert.Equal(["a Ended", "b Signing"], States(issuer, signs + LastTokenEnds));
        Assert.Null(issuer.FindAt("a", signs + LastTokenEnds));
    }

    [Fact]
    public void Keys_that_have_ended_are_retired_once() =>
        I.After(Added("a", At, At), Added("b", At, At)).When(new IssuerCommand.RetireEndedKeys(At + LastTokenEnds)).HappensOnce(new IssuerEvent.IssuerKeyRetired("a", At + LastTokenEnds));

    [Fact]
    public void A_key_is_rotated_by_age_from_the_moment_it_is_that_old_and_not_while_the_next_is_young()
    {
        var due = At.AddDays(90);
        var aged = new IssuerCommand.RotateAgedKey(Key("b"), TimeSpan.FromDays(90), 600, due);
        I.After(Added("a", At, At)).When(aged with { At = due.AddTicks(-1) }).Nothing();
        I.After(Added("a", At, At)).When(aged).HappensOnce(Added("b", due.AddSeconds(600), due));
    }

    [Fact]
    public void Retiring_the_key_that_signs_puts_another_in_its_place_at_once()
    {
        var retire = new IssuerCommand.RetireKey("a", Key("c"), At);
        I.After(Added("a", At, At)).When(retire).Happens(Added("c", At, At), new IssuerEvent.IssuerKeyRetired("a", At));
        // One that only waits does not sign: those who verify may not have read it.
        I.After(Added("a", At, At), Added("b", At.AddSeconds(600), At)).When(retire).Happens(Added("c", At, At), new IssuerEvent.IssuerKeyRetired("a", At));
        I.After(Added("a", At, At)).When(retire with { Replacement = null }).Refused("issuer.changed");
        var state = I.After(Added("a", At, At)).Then(retire).State;
        Assert.Null(state.FindAt("a", At));
        Assert.Equal("c", state.SignerAt(At)!.Kid);
    }

    [Fact]
    public void Retiring_another_key_needs_no_replacement_and_happens_once()
    {
        I.After(Added("a", At, At), Added("b", At.AddSeconds(1), At)).When(new IssuerCommand.RetireKey("b", null, At)).HappensOnce(new IssuerEvent.IssuerKeyRetired("b", At));
        I.After(Added("a", At, At)).When(new IssuerCommand.RetireKey("z", null, At)).Refused("issuer_key.missing");
    }

    [Fact]
    public void Eight_keys_are_shown_at_most()
    {
        var seven = Enumerable.Range(1, Issuer.KeysMax - 1).Select(i => (IssuerEvent)Added($"k{i}", At, At)).ToArray();
        Assert.Single(I.After(seven).When(new IssuerCommand.RotateKey(Key("n"), 0, At)).Events);
        I.After([.. seven, Added("k8", At, At)]).When(new IssuerCommand.RotateKey(Key("n"), 0, At)).Refused("issuer.too_many_keys");
        // By age none is added then, and nobody is there to be refused.
        I.After([.. seven, Added("k8", At, At)]).When(new IssuerCommand.RotateAgedKey(Key("n"), TimeSpan.Zero, 0, At)).Nothing();
        Assert.Single(I.After([.. seven, Added("k8", At, At)]).When(new IssuerCommand.RotateKey(Key("n"), 0, At + LastTokenEnds)).Events);
    }

    [Fact]
    public void A_token_is_revoked_once()
    {
        var token = new Scenario<IssuedTokenCommand, IssuedToken, IssuedTokenEvent>(IssuedToken.Initial, IssuedToken.Evolve, IssuedTokenDecider.Decide);
        token.After().When(new IssuedTokenCommand.RevokeToken("sa_1", At.AddMinutes(15), At)).HappensOnce(new IssuedTokenEvent.TokenRevoked("sa_1", At.AddMinutes(15), At));
    }
}

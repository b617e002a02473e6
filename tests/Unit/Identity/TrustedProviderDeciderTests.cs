using EventMesh.Domain.Identity;
using Xunit;
using static EventMesh.Domain.Identity.TrustedProviderCommand;
using static EventMesh.Domain.Identity.TrustedProviderEvent;

namespace EventMesh.Tests.Unit.Identity;

public sealed class TrustedProviderDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly Scenario<TrustedProviderCommand, TrustedProvider, TrustedProviderEvent> A = new(TrustedProvider.Initial, TrustedProvider.Evolve, TrustedProviderDecider.Decide);
    private static readonly ProviderSettings Settings = Of("keycloak");
    private static readonly ProviderTrusted Trusted = new(Settings, At);
    private static readonly ProviderRemoved Removed = new(At);

    // Made anew each time: what is equal is so by its members.
    private static ProviderSettings Of(string name, string issuer = "https://id.example") => new(
        name, issuer, ["eventmesh"], ["RS256"], new("tenant_id", null, true), new("groups", new Dictionary<string, IReadOnlyList<string>> { ["admins"] = ["operator"] }), true);

    [Fact]
    public void A_provider_is_trusted_once()
    {
        A.After().When(new TrustProvider(Settings, ["https://other.example"], At)).Happens(Trusted);
        A.After().When(new TrustProvider(Settings, ["https://id.example"], At)).Refused("provider.issuer_trusted");
        A.After(Trusted).When(new TrustProvider(Settings, [], At)).Refused("provider.exists");
        A.After(Trusted, Removed).When(new TrustProvider(Settings, [], At)).Refused("provider.exists");
    }

    [Fact]
    public void A_change_that_changes_nothing_is_none()
    {
        A.After(Trusted).When(new ChangeProvider(Of("keycloak"), At)).Nothing();
        A.After(Trusted).When(new ChangeProvider(Of("other"), At)).Happens(new ProviderChanged(Of("other"), At));
        var mapped = Settings with { Mapping = new("groups", new Dictionary<string, IReadOnlyList<string>> { ["admins"] = ["auditor"] }) };
        A.After(Trusted).When(new ChangeProvider(mapped, At)).Happens(new ProviderChanged(mapped, At));
        A.After(Trusted, new ProviderChanged(mapped, At)).When(new ChangeProvider(mapped, At)).Nothing();
    }

    [Fact]
    public void Its_issuer_stays() => A.After(Trusted).When(new ChangeProvider(Of("keycloak", "https://id.example/"), At)).Refused("provider.issuer_fixed");

    [Fact]
    public void What_is_removed_is_removed_and_was_never_there_is_missing()
    {
        A.After(Trusted).When(new RemoveProvider(At)).Happens(Removed);
        A.After(Trusted, Removed).When(new RemoveProvider(At)).Nothing();
        A.After(Trusted, Removed).When(new ChangeProvider(Settings, At)).Refused("provider.missing");
        A.After().When(new RemoveProvider(At)).Refused("provider.missing");
    }

    [Theory]
    [InlineData("groups", "groups")]
    [InlineData("realm_access.roles", "realm_access|roles")]
    [InlineData("/https:~1~1acme.example~1roles", "https://acme.example/roles")]
    [InlineData("/a.b/c~0d", "a.b|c~d")]
    [InlineData("/~01", "~1")]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData(".", null)]
    [InlineData("a..b", null)]
    [InlineData("/", null)]
    [InlineData("/a//b", null)]
    [InlineData("/a~2", null)]
    [InlineData("/a~", null)]
    [InlineData("1.2.3.4.5.6.7.8", "1|2|3|4|5|6|7|8")]
    [InlineData("1.2.3.4.5.6.7.8.9", null)]
    public void A_place_is_names_with_dots_or_a_pointer(string? path, string? names) => Assert.Equal(names, ClaimPath.Parse(path) is { } parsed ? string.Join('|', parsed) : null);

    [Fact]
    public void A_place_has_at_most_200_characters()
    {
        Assert.NotNull(ClaimPath.Parse(new string('a', ClaimPath.CharsMax)));
        Assert.Null(ClaimPath.Parse(new string('a', ClaimPath.CharsMax + 1)));
    }
}

using EventMesh.Projections.Index;
using Xunit;

namespace EventMesh.Tests.Unit.Projections;

public class ConfigurationEventsTests
{
    [Fact]
    public void What_takes_something_away_is_never_taken_for_a_gift() => Assert.All(
        ConfigurationEvents.Types.Where(t => !t.StartsWith("rule_", StringComparison.Ordinal) && new[] { "_revoked", "_removed", "_deleted", "_ended", "_retired", "_rotated", "_before", "_disabled" }.Any(end => t.EndsWith(end, StringComparison.Ordinal))),
        t => Assert.Contains(t, ConfigurationEvents.Taking));

    [Fact]
    public void What_changes_rights_may_take_some_away() => Assert.All(
        ["api_key_roles_changed", "member_changed", "service_account_changed", "provider_changed", "connection_changed", "source_changed", "workspace_origins_changed"], t => Assert.Contains(t, ConfigurationEvents.Taking));
}

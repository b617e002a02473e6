using EventMesh.Tests.Acceptance;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(SlowestFirst))]

namespace EventMesh.Tests.Acceptance;

/// <summary>Begins with the classes that take minutes, or one of them would run alone at the end. The others come in any order.</summary>
public sealed class SlowestFirst : ITestCollectionOrderer
{
    private static readonly string[] Slow =
    [
        nameof(Isolation.Isolation_of_every_operation), nameof(Isolation.Isolation_in_time), nameof(Offboarding.When_a_workspace_is_purged), nameof(Chaos.When_a_purge_loses_its_node),
        nameof(When_an_admin_is_elevated), nameof(Chaos.When_something_is_killed), nameof(Chaos.When_order_is_kept), nameof(Chaos.When_a_worker_is_killed), nameof(OAuth.When_a_token_is_renewed),
        nameof(Clients.When_clients_are_not_ours), nameof(Inbound.When_a_provider_sends_webhooks), nameof(Feed.When_the_feed_is_followed), nameof(Feed.When_the_feed_is_replayed),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections) where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection) where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(Slow, slow => collection.TestCollectionDisplayName.Contains("." + slow, StringComparison.Ordinal));
        return place < 0 ? Slow.Length : place;
    }
}

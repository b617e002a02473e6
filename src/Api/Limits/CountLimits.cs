using EventMesh.Api.Edge;
using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Limits;

/// <summary>The limits of what exists at a time: exact over all nodes, and always hard.</summary>
internal static class CountLimits
{
    /// <summary>Creates a connection if the plan has room for it.</summary>
    /// <exception cref="ProblemException">409: it has none; 503: the workspace's plan is not known.</exception>
    public static Task<T> Connection<T>(Store store, Call call, Func<Task<T>> create, CancellationToken stop) =>
        Create(store, call, "con_", "connection_deleted", PlanLimits.ConnectionsName, l => l.Connections, create, stop);

    /// <summary>Creates a rule if the plan has room for it.</summary>
    /// <inheritdoc cref="Connection" path="/exception"/>
    public static Task<T> Rule<T>(Store store, Call call, Func<Task<T>> create, CancellationToken stop) =>
        Create(store, call, "rul_", "rule_deleted", PlanLimits.RulesName, l => l.Rules, create, stop);

    /// <summary>Creates a source of inbound webhooks if there are fewer than the plan allows connections.</summary>
    /// <inheritdoc cref="Connection" path="/exception"/>
    public static Task<T> Source<T>(Store store, Call call, Func<Task<T>> create, CancellationToken stop) =>
        Create(store, call, "src_", "source_deleted", "sources", l => l.Connections, create, stop);

    private static Task<T> Create<T>(Store store, Call call, string prefix, string ended, string name, Func<PlanLimits, int> limit, Func<Task<T>> create, CancellationToken stop)
    {
        var allowed = limit(call.Workspace.Limits ?? throw Limiter.NoPlan());
        return store.For(call.Workspace.Id).Counted(prefix, ended, count => count < allowed ? create()
            : throw Problem.LimitReached.With($"The workspace's plan allows {allowed} {name}, and there are {count}. Delete one, or ask for a larger plan."), stop);
    }
}

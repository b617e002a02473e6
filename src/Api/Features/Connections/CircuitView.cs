using EventMesh.Domain.Connections;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Connections;

public enum CircuitState { Closed, Open, HalfOpen }

/// <summary>Whether a connection is sent to.</summary>
/// <param name="State"><c>closed</c>: yes. <c>open</c>: not until <paramref name="Until"/>. <c>half_open</c>: one attempt decides.</param>
/// <param name="Since">Since when it is closed, or has not been closed; null when it never was open.</param>
public sealed record CircuitView(CircuitState State, DateTimeOffset? Since, DateTimeOffset? Until)
{
    public static CircuitView Of(ConfiguredWorkspace workspace, string connection, DateTimeOffset now) => workspace.Circuits.GetValueOrDefault(connection)?.State switch
    {
        Circuit.Open open => new(now < open.Until ? CircuitState.Open : CircuitState.HalfOpen, open.Since, open.Until),
        Circuit.Closed closed => new(CircuitState.Closed, closed.Since, null),
        _ => new(CircuitState.Closed, null, null),
    };
}

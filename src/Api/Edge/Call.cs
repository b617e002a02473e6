using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using EventMesh.Domain;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Edge;

/// <summary>One request: who asks, in which workspace, and what its log line will say. Handlers take it as a parameter.</summary>
/// <param name="from">The network that asks; see <see cref="Door.ClientAddress.From"/>.</param>
public sealed class Call(Actor actor, ConfiguredWorkspace? workspace, string? correlationId, string? from, TimeProvider clock) : IBindableFromHttpContext<Call>
{
    public Actor Actor { get; } = actor;

    /// <summary>The elevation under which a platform admin acts here; null for everybody else.</summary>
    public string? Elevation => (Actor as Actor.Tenant)?.Elevation;

    /// <summary>The workspace that the route names, and that the actor may see.</summary>
    public ConfiguredWorkspace Workspace => workspace ?? throw new InvalidOperationException("This route names no workspace.");

    /// <summary>What the request is about, for its log line and span.</summary>
    public string? Subject { get; set; }

    /// <summary>What a publish was allowed, for the headers of its answer.</summary>
    public Limits.Allowance? Allowance { get; set; }

    /// <summary>Now, as precise as the database keeps it: microseconds.</summary>
    public DateTimeOffset Now { get; } = new(clock.GetUtcNow().Ticks / 10 * 10, TimeSpan.Zero);

    public string? WorkspaceId => workspace?.Id;
    public string? Environment => workspace?.Environment;

    /// <summary>An id of something new, which is what the request is about.</summary>
    public string NewId(string prefix)
    {
        Span<byte> chance = stackalloc byte[10];
        RandomNumberGenerator.Fill(chance);
        return Subject = Ids.Sortable(prefix, Now, chance);
    }

    /// <param name="about">What the events are about; correlates when the caller gave no correlation id.</param>
    public EventMetadata Metadata(string? about = null) =>
        new(Now, Actor.Id, correlationId ?? about ?? Subject, null, Activity.Current is { IdFormat: ActivityIdFormat.W3C } span ? span.Id : null, Elevation, from);

    public static ValueTask<Call?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(context.Features.Get<Call>());
}

using EventMesh.Api.Consumers;
using EventMesh.Api.Edge;
using EventMesh.Domain.Consumers;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Consumers;

/// <summary>A consumer and where it stands.</summary>
/// <param name="AtStart">Whether nothing was acknowledged since it was created or reset.</param>
public sealed record StandingConsumer(string Name, Consumer.Existing State, Position Position, bool AtStart, DateTimeOffset? MovedAt, DateTimeOffset? SeenAt)
{
    public const string StreamPrefix = "consumer-";
    public const string StreamType = "consumer";
    public const string Missing = "There is no such consumer.";

    public static string StreamOf(string name) => StreamPrefix + name;

    /// <exception cref="ProblemException">404: there is none.</exception>
    public static async Task<StandingConsumer> Find(string name, Call call, Store store, ConsumerPositions positions, CancellationToken stop)
    {
        if (!Consumer.IsName(name)) throw ProblemAnswer.Missing(Missing);
        call.Subject = StreamOf(name);
        var (state, _) = await store.For(call.Workspace.Id).Fold<Consumer, ConsumerEvent>(StreamOf(name), Consumer.Initial, Consumer.Evolve, stop);
        return state is Consumer.Existing existing ? Of(existing, (await positions.Read(call.Workspace.Id, name, stop)).GetValueOrDefault(name)) : throw ProblemAnswer.Missing(Missing);
    }

    /// <param name="noted">What is noted of it; null when nothing is.</param>
    public static StandingConsumer Of(Consumer.Existing state, ConsumerPosition? noted)
    {
        var holds = noted?.Generation == state.Generation;
        var moved = holds ? noted!.Position : null;
        return new(state.Created.Name, state, moved ?? ConsumerFields.Read(state.Start), moved is null, holds ? noted!.MovedAt : null, noted?.SeenAt);
    }
}

using EventMesh.Domain;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;
using State = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class ManualRetryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Seconds from when the automatic attempt is due to when somebody asks for another; each has a connection of its own, and all run at once.
    private static readonly double[] Moments = [-5.5, -5.2, -5.05, -4.95, -3, -0.5, -0.1, -0.02, 0, 0.05, 0.2, 0.5];

    [Fact]
    public async Task A_manual_retry_and_a_due_automatic_one_never_both_send()
    {
        await using var receiver = await Receiver.Start();
        var held = Moments.Select(_ => new TaskCompletionSource()).ToArray();
        receiver.Answer = (_, number) => number == 1 ? 503 : 200;
        // The second request of each hangs until the other of the two would have been sent.
        receiver.Hold = (path, number) => number == 2 && int.TryParse(path[1..], out var moment) ? held[moment].Task : Task.CompletedTask;
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");

        var counted = await Task.WhenAll(Moments.Select((offset, i) => AskAt(mesh, receiver, i, TimeSpan.FromSeconds(offset), held[i])));

        // Every timer has been handed out, and so has what was handed out before the last event.
        await Eventually.True(() => NoTimers(mesh.Database), Patience, "every timer to be handed out");
        await mesh.Connection("acme", "con_last", receiver.Url("/last"), 0);
        await mesh.Rule("acme", "rul_last", """{"type":["last"]}""", "con_last");
        await mesh.Delivery<State.Delivered>("acme", Ids.OfDelivery(await mesh.Publish("acme", "last", "last"), "rul_last", "con_last"));

        Assert.All(counted, c => Assert.Equal(2, receiver.CountOf($"/{c.Moment}")));
        Assert.Contains(counted, c => c.Asked);
        Assert.Contains(counted, c => !c.Asked);
    }

    private static async Task<(int Moment, bool Asked)> AskAt(Mesh mesh, Receiver receiver, int moment, TimeSpan offset, TaskCompletionSource held)
    {
        await mesh.Connection("acme", $"con_{moment}", receiver.Url($"/{moment}"), 8);
        await mesh.Rule("acme", $"rul_{moment}", $$"""{"type":["m{{moment}}"]}""", $"con_{moment}");
        var @event = await mesh.Publish("acme", $"e{moment}", $"m{moment}");
        var delivery = Ids.OfDelivery(@event, $"rul_{moment}", $"con_{moment}");
        await mesh.Delivery<State.Retrying>("acme", delivery);
        var due = ((State.Retrying)await mesh.State("acme", delivery)).NextAttemptAt;
        await At(due + offset);

        var decided = await mesh.Store.For("acme").Decide<State, DeliveryEvent>(delivery, "delivery", State.Initial, State.Evolve,
            state => DeliveryDecider.Decide(new DeliveryCommand.RetryDelivery(new(@event, due, $"con_{moment}", $"rul_{moment}"), DateTimeOffset.UtcNow), state),
            new EventMetadata(DateTimeOffset.UtcNow, "test"));

        await At(due + TimeSpan.FromSeconds(1));
        held.SetResult();
        await mesh.Delivery<State.Delivered>("acme", delivery);
        return (moment, decided.Happened.Count > 0);
    }

    private static Task At(DateTimeOffset moment) => Eventually.True(() => Task.FromResult(DateTimeOffset.UtcNow >= moment), Patience, $"{moment:O}");

    private static async Task<bool> NoTimers(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select count(*) from eventmesh.retry_timers");
        return await command.ExecuteScalarAsync() is 0L;
    }
}

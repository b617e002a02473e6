using EventMesh.Domain;
using EventMesh.Domain.Connections;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;
using Xunit;
using State = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class CircuitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_opens_lets_one_probe_through_over_two_nodes_and_closes_and_what_waited_has_used_no_attempt()
    {
        await using var receiver = await Receiver.Start();
        var broken = true;
        receiver.Answer = (_, _) => Volatile.Read(ref broken) ? 503 : 200;
        await using var mesh = (await Mesh.Open()).Run(workers: 2);
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        await mesh.Rule("acme", "rul_1", "{}", "con_1");

        // One delivery that fails over and over opens it.
        var first = await mesh.Publish("acme", "first");
        await Types(mesh, "connection_circuit_opened");
        var sent = receiver.CountOf("/");
        var waiting = new List<string>();
        for (var i = 0; i < 200; i++) waiting.Add(Ids.OfDelivery(await mesh.Publish("acme", $"e{i}"), "rul_1", "con_1"));

        // Nothing but the probe is sent until it is decided again, and the probe fails.
        await Types(mesh, "connection_circuit_opened", "connection_circuit_opened");
        Assert.Equal(sent + 1, receiver.CountOf("/"));
        Volatile.Write(ref broken, false);
        await Types(mesh, "connection_circuit_opened", "connection_circuit_opened", "connection_circuit_closed");

        foreach (var delivery in waiting) await mesh.Delivery<State.Delivered>("acme", delivery, d => d.Attempts <= 2);
        await mesh.Delivery<State.Delivered>("acme", Ids.OfDelivery(first, "rul_1", "con_1"));
        var attempts = 0;
        foreach (var delivery in waiting) attempts += (await mesh.State("acme", delivery)).Attempts;
        // Each was sent once; only the probe that failed was sent twice, unless it was the first event's.
        Assert.InRange(attempts, waiting.Count, waiting.Count + 1);
    }

    [Fact]
    public async Task Answers_that_refuse_the_request_open_nothing()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, _) => 422;
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/"));
        await mesh.Rule("acme", "rul_1", "{}", "con_1");

        foreach (var i in Enumerable.Range(0, 30)) await mesh.Delivery<State.DeadLettered>("acme", Ids.OfDelivery(await mesh.Publish("acme", $"e{i}"), "rul_1", "con_1"));

        Assert.Empty((await mesh.Store.For("acme").ReadStream("cir_1")).Events);
    }

    [Fact]
    public async Task An_open_circuit_holds_up_no_other_connection()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (path, _) => path == "/broken" ? 500 : 200;
        await using var mesh = (await Mesh.Open()).Run();
        await mesh.Workspace("acme");
        await mesh.Connection("acme", "con_1", receiver.Url("/broken"), 3600);
        await mesh.Connection("acme", "con_2", receiver.Url("/runs"));
        await mesh.Rule("acme", "rul_1", "{}", "con_1", "con_2");

        const int Events = 400;
        for (var i = 0; i < Events; i++) await mesh.Publish("acme", $"e{i}");

        await Eventually.True(() => Task.FromResult(receiver.CountOf("/runs") == Events), Patience, "every other delivery to arrive");
        // What was under way when it was decided, and what began in those places until that was stored; no more.
        Assert.InRange(receiver.CountOf("/broken"), 10, 10 + 32 + 32);
        Assert.Equal("connection_circuit_opened", (await mesh.Store.For("acme").ReadStream("cir_1")).Events[0].Type);
    }

    private static Task Types(Mesh mesh, params string[] types) => Eventually.True(
        async () => (await mesh.Store.For("acme").ReadStream(Circuit.StreamOf("con_1"))).Events.Select(e => e.Type).Take(types.Length).SequenceEqual(types), Patience, string.Join(", ", types));
}

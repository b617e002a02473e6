using System.Net;
using EventMesh.Connectors;
using EventMesh.Domain.Deliveries;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class AddressTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1.")]
    public async Task Loopback_is_refused_however_it_is_spelled(string host)
    {
        await using var receiver = Receiver.Answering(Ok);
        var failed = Assert.IsType<Outcome.Failed>(await Sending.Send(receiver.Url(host: host), allowed: []));
        Assert.Equal(Failure.AddressRefused, failed.Kind);
        Assert.Equal(0, receiver.Connections);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    public async Task Loopback_is_called_when_the_operator_allows_it(string host)
    {
        await using var receiver = Receiver.Answering(Ok);
        Assert.IsType<Outcome.Delivered>(await Sending.Send(receiver.Url(host: host)));
    }

    [Fact]
    public async Task A_name_that_resolves_to_an_inner_address_is_refused_and_the_address_not_told()
    {
        await using var receiver = Receiver.Answering(Ok);
        var failed = Assert.IsType<Outcome.Failed>(await Send(receiver, [], "127.0.0.1"));
        Assert.Equal((Failure.AddressRefused, "the host's address is not public"), (failed.Kind, failed.Error));
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task One_refused_address_in_an_answer_refuses_the_name()
    {
        await using var receiver = Receiver.Answering(Ok);
        var failed = Assert.IsType<Outcome.Failed>(await Send(receiver, Sending.Loopback, "127.0.0.1", "10.0.0.1"));
        Assert.Equal(Failure.AddressRefused, failed.Kind);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_makes_way_for_the_next()
    {
        await using var receiver = Receiver.Answering(Ok);
        Assert.IsType<Outcome.Delivered>(await Send(receiver, Sending.Loopback, "127.0.0.77", "127.0.0.1"));
    }

    [Fact]
    public async Task A_name_without_an_address_is_unreachable()
    {
        await using var receiver = Receiver.Answering(Ok);
        Assert.Equal(Failure.Unreachable, Assert.IsType<Outcome.Failed>(await Send(receiver, Sending.Loopback)).Kind);
    }

    [Fact]
    public async Task A_name_that_changes_after_it_was_checked_gains_nothing()
    {
        await using var receiver = Receiver.Answering(Ok);
        var asked = 0;
        Task<IPAddress[]> Rebinding(string host, CancellationToken stop) =>
            Task.FromResult<IPAddress[]>([IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "127.0.0.1" : "127.0.0.2")]);

        using var connector = new WebhookConnector(new AddressGuard([IPNetwork.Parse("127.0.0.1/32")]), Sending.Patient, TimeProvider.System, Rebinding);
        Assert.IsType<Outcome.Delivered>(await connector.Send(Sending.To(receiver.Url(host: "rebinding.example")), Stop));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_name_that_takes_for_ever_to_resolve_is_given_up_in_time_and_delays_nobody()
    {
        await using var receiver = Receiver.Answering(Ok);
        var never = new TaskCompletionSource<IPAddress[]>();
        using var connector = new WebhookConnector(
            new AddressGuard(Sending.Loopback), Sending.Hasty, TimeProvider.System, (_, stop) => never.Task.WaitAsync(stop));

        var slow = connector.Send(Sending.To(receiver.Url(host: "slow.example")), Stop);
        Assert.IsType<Outcome.Delivered>(await connector.Send(Sending.To(receiver.Url()), Stop));
        Assert.Equal(Failure.Timeout, Assert.IsType<Outcome.Failed>(await slow).Kind);
    }

    private static async Task<Outcome> Send(Receiver receiver, IPNetwork[] allowed, params string[] addresses)
    {
        using var connector = new WebhookConnector(
            new AddressGuard(allowed), Sending.Patient, TimeProvider.System, (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()));
        return await connector.Send(Sending.To(receiver.Url(host: "hooks.example")), Stop);
    }
}

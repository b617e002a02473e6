using System.Net;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class FetchTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_given_whole_with_its_status_and_type()
    {
        await using var receiver = Receiver.Answering(Ok);
        var answer = Assert.IsType<Fetched.Answer>(await Get(receiver, Sending.Loopback));
        Assert.Equal((200, "application/json", "{}"), (answer.Status, answer.ContentType, System.Text.Encoding.UTF8.GetString(answer.Body.Span)));
        Assert.Equal("Answer 200, 2 bytes", answer.ToString());
    }

    [Fact]
    public async Task Loopback_is_refused_unless_the_operator_allows_it()
    {
        await using var receiver = Receiver.Answering(Ok);
        Assert.IsType<Fetched.Failed>(await Get(receiver, []));
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task What_is_not_encrypted_goes_only_into_networks_that_are_allowed()
    {
        await using var receiver = Receiver.Answering(Ok);
        using var http = new GuardedHttp(new AddressGuard(Sending.Loopback), GuardedHttp.Timeout, (_, _) => Task.FromResult(new[] { IPAddress.Parse("93.184.215.14") }));
        var failed = Assert.IsType<Fetched.Failed>(await http.Get(new Uri("http://public.example/"), Stop));
        Assert.Equal("the host's address is not public", failed.Error);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_like_others_and_not_followed()
    {
        await using var target = Receiver.Answering(Ok);
        await using var receiver = Receiver.Answering($"HTTP/1.1 302 Found\r\nLocation: {target.Url()}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(302, Assert.IsType<Fetched.Answer>(await Get(receiver, Sending.Loopback)).Status);
        Assert.Equal(0, target.Connections);
    }

    [Theory]
    [InlineData(GuardedHttp.BytesMax, true)]
    [InlineData(GuardedHttp.BytesMax + 1, false)]
    public async Task An_answer_has_at_most_a_megabyte(int bytes, bool read)
    {
        await using var receiver = Receiver.Answering($"HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n{new string('x', bytes)}");
        await using var endless = new Receiver(async exchange =>
        {
            await exchange.Write($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{new string('x', bytes)}");
            exchange.Close();
        });
        Assert.Equal(read, await Get(receiver, Sending.Loopback) is Fetched.Answer);
        Assert.Equal(read, await Get(endless, Sending.Loopback) is Fetched.Answer);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_given_up()
    {
        await using var receiver = Receiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{");
        using var http = new GuardedHttp(new AddressGuard(Sending.Loopback), TimeSpan.FromMilliseconds(200), (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));
        Assert.IsType<Fetched.Failed>(await http.Get(receiver.Url(), Stop));
    }

    [Theory]
    [InlineData("https://user:secret@idp.example/")]
    [InlineData("ftp://idp.example/")]
    [InlineData("https://127.0.0.1/")]
    public async Task An_address_that_may_not_be_called_is_refused(string address)
    {
        using var http = new GuardedHttp(new AddressGuard([]));
        Assert.IsType<Fetched.Failed>(await http.Get(new Uri(address), Stop));
    }

    private static async Task<Fetched> Get(Receiver receiver, IReadOnlyList<IPNetwork> allowed)
    {
        using var http = new GuardedHttp(new AddressGuard(allowed));
        return await http.Get(receiver.Url(), Stop);
    }
}

using System.Net;
using System.Text;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

/// <summary>A webhook connector and something to send with it.</summary>
internal static class Sending
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public const string Event = """{"specversion":"1.0","id":"e-1","source":"/orders","type":"order.paid","data":{"total":12}}""";

    public static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    public static readonly WebhookOptions Patient = new() { Timeout = TimeSpan.FromSeconds(30) };

    public static readonly WebhookOptions Hasty = new() { Timeout = TimeSpan.FromMilliseconds(400) };

    public static WebhookConnector Connector(WebhookOptions? options = null, IPNetwork[]? allowed = null) =>
        new(new AddressGuard(allowed ?? Loopback), options ?? Patient, TimeProvider.System);

    public static Outgoing To(Uri url, string cloudEvent = Event) => new(
        "acme", "con_1", "dlv_1", 1, url, new Dictionary<string, string>(), BodyKind.CloudEvent, [Secret], Encoding.UTF8.GetBytes(cloudEvent), At, null);

    public static async Task<Outcome> Send(Uri url, WebhookOptions? options = null, IPNetwork[]? allowed = null)
    {
        using var connector = Connector(options, allowed);
        return await connector.Send(To(url), TestContext.Current.CancellationToken);
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class ListenTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq=";
    private const string Body = """{"type":"order.created","data":{"total":120}}""";
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task A_signed_webhook_is_verified_answered_and_printed()
    {
        var prompt = new Prompt("http://unused");
        var run = prompt.Type("listen", "--port", "0", "--secret", Secret, "--count", "1");
        Assert.Equal(HttpStatusCode.OK, await Send(await Address(prompt), "dlv_1", Secret));
        Assert.Equal(0, await run);
        Assert.Contains("POST /hooks  dlv_1  signature ok  → 200", prompt.Out);
        Assert.Contains(Body, prompt.Out);
    }

    [Fact]
    public async Task A_public_key_verifies_what_its_private_half_signed()
    {
        var (privateKey, publicKey) = SigningKey.NewPair(new byte[32]);
        var prompt = new Prompt("http://unused");
        var run = prompt.Type("listen", "--port", "0", "--secret", publicKey, "--count", "2");
        var address = await Address(prompt);
        Assert.Equal(HttpStatusCode.OK, await Send(address, "dlv_1", privateKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(address, "dlv_2", Secret));
        Assert.Equal(0, await run);
    }

    [Fact]
    public async Task A_wrong_signature_is_refused_with_401_and_the_reason()
    {
        var prompt = new Prompt("http://unused");
        var run = prompt.Type("listen", "--port", "0", "--secret", Secret, "--count", "2");
        var address = await Address(prompt);
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(address, "dlv_1", "whsec_" + Convert.ToBase64String(new byte[32])));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(address, "dlv_1", Secret, DateTimeOffset.UtcNow.AddMinutes(-6)));
        Assert.Equal(0, await run);
        Assert.Contains("REFUSED no signature fits", prompt.Out);
        Assert.Contains("REFUSED webhook-timestamp is more than 5 minutes ago", prompt.Out);
    }

    [Fact]
    public async Task The_first_may_fail_to_show_retries()
    {
        var prompt = new Prompt("http://unused") { Variables = { ["EVENTMESH_SECRET"] = Secret } };
        var run = prompt.Type("listen", "--port", "0", "--fail-first", "2", "--count", "3", "--json");
        var address = await Address(prompt);
        var answers = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 3; attempt++)
            answers.Add(await Send(address, "dlv_1", Secret));
        await run;
        Assert.Equal([HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK], answers);
        var lines = prompt.Out.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal([1, 2, 3], lines.Select(line => (int)line["attempt"]!));
        Assert.Equal([500, 500, 200], lines.Select(line => (int)line["status"]!));
        Assert.All(lines, line => Assert.True((bool)line["verified"]!));
        Assert.Equal(120, (int)lines[0]["body"]!["data"]!["total"]!);
        Assert.Equal("dlv_1", (string?)lines[0]["headers"]!["webhook-id"]);
    }

    [Fact]
    public async Task Every_answer_may_be_another_status()
    {
        var prompt = new Prompt("http://unused");
        var run = prompt.Type("listen", "--port", "0", "--status", "410", "--count", "1");
        Assert.Equal(HttpStatusCode.Gone, await Send(await Address(prompt), "dlv_1", Secret));
        await run;
        Assert.Contains("not verified", prompt.Out);
    }

    [Fact]
    public async Task A_port_that_is_taken_says_so()
    {
        await using var other = await StandIn.Start(200);
        var prompt = new Prompt("http://unused");
        var port = new Uri(other.Url).Port.ToString();
        Assert.Equal(2, await prompt.Type("listen", "--port", port));
        Assert.Contains($"port {port} is taken", prompt.Error);
    }

    [Fact]
    public async Task An_interrupt_ends_it_well()
    {
        var prompt = new Prompt("http://unused");
        using var interrupt = new CancellationTokenSource();
        var run = prompt.Type(interrupt.Token, "listen", "--port", "0");
        await Address(prompt);
        await interrupt.CancelAsync();
        Assert.Equal(0, await run);
    }

    private static async Task<Uri> Address(Prompt prompt) => new((await prompt.Notes("Listening on ")).Split(' ')[2]);

    private static async Task<HttpStatusCode> Send(Uri address, string id, string secret, DateTimeOffset? at = null)
    {
        var timestamp = (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/hooks")) { Content = new StringContent(Body, Encoding.UTF8, "application/cloudevents+json") };
        request.Headers.Add(Signing.IdHeader, id);
        request.Headers.Add(Signing.TimestampHeader, timestamp.ToString());
        request.Headers.Add(Signing.SignatureHeader, SigningKey.Sign(secret, id, timestamp, Encoding.UTF8.GetBytes(Body)));
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }
}

using System.Security.Cryptography;
using System.Text;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class SignatureTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static readonly string Older = Signing.NewSecret(new byte[24]);
    private static readonly (string Private, string Public) Pair = SigningKey.NewPair(new byte[32]);

    [Fact]
    public async Task Each_secret_signs_the_newest_first()
    {
        var headers = await Sent(o => o with { Secrets = [Pair.Private, Sending.Secret, Older] });
        var signatures = headers["webhook-signature"].Split(' ');
        Assert.Equal(["v1a", "v1", "v1"], signatures.Select(s => s.Split(',')[0]));
        foreach (var (key, signature) in new[] { Pair.Public, Sending.Secret, Older }.Zip(signatures))
            Assert.Equal(Verification.Valid, SigningKey.Verify(key, "dlv_1", "1800000000", signature, Encoding.UTF8.GetBytes(Sending.Event), Sending.At));
    }

    [Fact]
    public async Task A_legacy_signature_is_of_the_body_by_the_newest_shared_secret_as_text()
    {
        var headers = await Sent(o => o with { Secrets = [Pair.Private, Sending.Secret, Older], LegacyHeader = "X-Hub-Signature-256" });
        Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Sending.Secret), Encoding.UTF8.GetBytes(Sending.Event))), headers["X-Hub-Signature-256"]);
    }

    [Fact]
    public async Task Without_a_shared_secret_there_is_no_legacy_signature() =>
        Assert.False((await Sent(o => o with { Secrets = [Pair.Private], LegacyHeader = "X-Hub-Signature-256" })).ContainsKey("X-Hub-Signature-256"));

    [Theory]
    [InlineData(BodyKind.CloudEvent)]
    [InlineData(BodyKind.Data)]
    public async Task A_mapped_body_takes_the_event_s_place_and_is_what_is_signed(BodyKind body)
    {
        var mapped = """{"a":1}"""u8.ToArray();
        await using var receiver = Receiver.Answering(Ok);
        using var connector = Sending.Connector();
        await connector.Send(Sending.To(receiver.Url()) with { Body = body, Mapped = mapped, LegacyHeader = "X-Sig" }, TestContext.Current.CancellationToken);
        var request = Assert.Single(receiver.Requests);
        Assert.Equal(mapped, request.Body);
        Assert.Equal(("application/json", "e-1", "order.paid"), (request.Headers["Content-Type"], request.Headers["ce-id"], request.Headers["ce-type"]));
        Assert.Equal(Verification.Valid, Signing.Verify(Sending.Secret, "dlv_1", "1800000000", request.Headers["webhook-signature"], mapped, Sending.At));
        Assert.Equal(SigningKey.LegacySignature(Sending.Secret, mapped), request.Headers["X-Sig"]);
    }

    private static async Task<IReadOnlyDictionary<string, string>> Sent(Func<Outgoing, Outgoing> with)
    {
        await using var receiver = Receiver.Answering(Ok);
        using var connector = Sending.Connector();
        await connector.Send(with(Sending.To(receiver.Url())), TestContext.Current.CancellationToken);
        return Assert.Single(receiver.Requests).Headers;
    }
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EventMesh.Connectors;
using EventMesh.Domain.Deliveries;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class TlsTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task A_certificate_nobody_vouches_for_is_refused_before_anything_is_sent()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var self = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = self.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var receiver = new Receiver(
            exchange => exchange.Write(Ok),
            async plain =>
            {
                var secure = new SslStream(plain);
                await secure.AuthenticateAsServerAsync(certificate);
                return secure;
            });

        var failed = Assert.IsType<Outcome.Failed>(await Sending.Send(receiver.Url(host: "localhost", scheme: "https")));
        Assert.Equal(Failure.TlsRefused, failed.Kind);
        Assert.Contains("UntrustedRoot", failed.Error, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_port_that_does_not_speak_tls_is_refused()
    {
        await using var receiver = new Receiver(
            exchange => exchange.Write(Ok),
            async plain =>
            {
                await plain.WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
                return plain;
            });
        Assert.Equal(Failure.TlsRefused, Assert.IsType<Outcome.Failed>(await Sending.Send(receiver.Url(scheme: "https"))).Kind);
    }

    [Fact]
    public async Task A_tls_port_called_without_tls_is_a_failure()
    {
        await using var receiver = new Receiver(
            exchange => exchange.Write(Ok),
            async plain =>
            {
                await plain.WriteAsync(new byte[] { 0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46 });
                return plain;
            });
        Assert.IsType<Outcome.Failed>(await Sending.Send(receiver.Url(), Sending.Hasty));
    }
}

using System.Net;
using System.Threading.Channels;
using EventMesh.Connectors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace EventMesh.Cli;

/// <summary>A webhook's receiving end on this machine: verifies, answers, and hands over what arrived.</summary>
/// <param name="secret">The connection's signing secret, or its public key; null takes everything unverified.</param>
/// <param name="answers">The status to answer the n-th request with, counted from 1.</param>
internal sealed class Receiver(string? secret, Func<int, int> answers, TimeProvider clock) : IAsyncDisposable
{
    private const int BodyBytesMax = 4 * 1024 * 1024;
    private static readonly TimeSpan AnswersFinishedWithin = TimeSpan.FromSeconds(1);
    private const int IdsRemembered = 10_000;

    private readonly Channel<Arrival> arrivals = Channel.CreateUnbounded<Arrival>(new() { SingleReader = true });
    private readonly Dictionary<string, int> triesOf = [];
    private readonly Lock counting = new();
    private WebApplication? app;
    private int received;

    public ChannelReader<Arrival> Arrivals => arrivals.Reader;

    /// <returns>The address it listens on, with the port that was chosen when <paramref name="port"/> is 0.</returns>
    /// <exception cref="Failure">The address or the port cannot be had.</exception>
    public async Task<Uri> Start(IPAddress address, int port, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, port);
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.AddServerHeader = false;
        });
        app = builder.Build();
        app.Run(Receive);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException error)
        {
            throw Failure.Usage(
                error.InnerException is AddressInUseException ? $"port {port} is taken" : $"cannot listen on {address}:{port}: {error.Message}",
                "Choose another with --port N, and point the connection's URL at it.");
        }

        return new Uri(app.Urls.Single());
    }

    /// <summary>Lets the answers under way be finished.</summary>
    public async ValueTask DisposeAsync()
    {
        if (app is null)
            return;
        await app.StopAsync(AnswersFinishedWithin);
        await app.DisposeAsync();
    }

    private async Task Receive(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.ToArray();
        var headers = context.Request.Headers;
        var id = headers[Signing.IdHeader].ToString();
        var (verified, reason) = Verify(id, headers[Signing.TimestampHeader].ToString(), headers[Signing.SignatureHeader].ToString(), bytes);
        var (number, attempt) = Count(id);
        var status = verified is false ? StatusCodes.Status401Unauthorized : answers(number);
        context.Response.StatusCode = status;
        // Answered first, shown then: whoever ends the receiver after the last line must not cut off its answer.
        await context.Response.CompleteAsync();
        arrivals.Writer.TryWrite(new Arrival(
            clock.GetUtcNow(), context.Request.Method, context.Request.Path + context.Request.QueryString, id, attempt, verified, reason, status,
            headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), bytes));
    }

    private (bool? Verified, string? Reason) Verify(string id, string timestamp, string signatures, byte[] body)
    {
        if (secret is null)
            return (null, null);
        if (id.Length == 0 || signatures.Length == 0)
            return (false, "not signed: webhook-id or webhook-signature is missing");
        return SigningKey.Verify(secret, id, timestamp, signatures, body, clock.GetUtcNow()) switch
        {
            Verification.Valid => (true, null),
            Verification.NoTimestamp => (false, "webhook-timestamp is not a number of seconds"),
            Verification.TooOld => (false, "webhook-timestamp is more than 5 minutes ago"),
            Verification.TooNew => (false, "webhook-timestamp is more than 5 minutes ahead"),
            _ => (false, "no signature fits: another secret, or the body was changed on its way"),
        };
    }

    private (int Number, int Attempt) Count(string id)
    {
        lock (counting)
        {
            if (triesOf.Count == IdsRemembered)
                triesOf.Clear();
            return (++received, triesOf[id] = triesOf.GetValueOrDefault(id) + 1);
        }
    }
}

/// <param name="Attempt">How often this webhook-id has arrived so far.</param>
/// <param name="Verified">Null when there was no secret to verify with.</param>
internal sealed record Arrival(
    DateTimeOffset At, string Method, string Path, string WebhookId, int Attempt, bool? Verified, string? Reason, int Status,
    IReadOnlyDictionary<string, string> Headers, byte[] Body);

using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Connectors;
using Spectre.Console;

namespace EventMesh.Cli.Commands;

internal static class Listen
{
    public const int DefaultPort = 9009;

    public static Command In(Shell shell)
    {
        var secret = new Option<string?>("--secret") { Description = "The connection's signing secret, or its public key whpk_… (EVENTMESH_SECRET). Without it nothing is verified.", HelpName = "whsec_…" };
        var port = new Option<int>("--port") { Description = "The port; 0 takes a free one.", DefaultValueFactory = _ => DefaultPort };
        var address = new Option<string>("--address") { Description = "The address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var status = new Option<int?>("--status") { Description = "Answer with this status (200), or with --fail-first those that fail (500).", HelpName = "HTTP" };
        var failFirst = new Option<int?>("--fail-first") { Description = "Fail the first N requests, to see retries.", HelpName = "N" };
        var count = new Option<int?>("--count") { Description = "End after N requests.", HelpName = "N" };
        return shell.Verb("listen", "Receive webhooks on this machine, verify their signatures and print them. Ctrl-C ends it.",
            ["eventmesh listen --secret whsec_…", "eventmesh listen --secret whsec_… --fail-first 2", "eventmesh listen --port 0 --count 1 --json"],
            [secret, port, address, status, failFirst, count], async call =>
            {
                var key = call.Value(secret) ?? call.Terminal.Set("EVENTMESH_SECRET");
                CheckSecret(key);
                if (!IPAddress.TryParse(call.Given(address), out var ip))
                    throw Failure.Usage($"`{Readable.Line(call.Given(address))}` is not an IP address");
                if (call.Given(port) is < 0 or > 65535)
                    throw Failure.Usage("--port is 0 to 65535");
                if (call.Value(status) is < 200 or > 599)
                    throw Failure.Usage("--status is 200 to 599");
                var failures = call.Value(failFirst);
                await using var receiver = new Receiver(key, number => failures is null || number <= failures ? call.Value(status) ?? (failures is null ? 200 : 500) : 200, TimeProvider.System);
                var url = await receiver.Start(ip, call.Given(port), call.Cancel);
                call.Output.Note($"Listening on {url} — {(key is null ? "signatures are not verified: give --secret" : "signatures are verified")}. Ctrl-C ends.");
                await ShowArrivals(call, receiver, call.Value(count));
            });
    }

    private static void CheckSecret(string? secret)
    {
        try
        {
            if (secret is not null)
                SigningKey.Verify(secret, "", "0", "", [], DateTimeOffset.UnixEpoch);
        }
        catch (FormatException error)
        {
            throw Failure.Usage(error.Message, "It was shown when the connection was created.");
        }
    }

    private static async Task ShowArrivals(Call call, Receiver receiver, int? count)
    {
        try
        {
            for (var seen = 0; seen != count; seen++)
                Show(call.Output, await receiver.Arrivals.ReadAsync(call.Cancel));
        }
        catch (OperationCanceledException) when (call.Cancel.IsCancellationRequested)
        {
            // Ctrl-C is how this command ends.
        }
    }

    private static void Show(Output output, Arrival arrival)
    {
        if (output.Json)
        {
            output.Line(AsJson(arrival));
            return;
        }

        var (word, colour) = arrival.Verified switch
        {
            true => ("signature ok", Color.Green),
            false => ($"REFUSED {arrival.Reason}", Color.Red),
            null => ("not verified", Color.Yellow),
        };
        output.Line(
            ($"{arrival.At:HH:mm:ss}  ", Color.Grey),
            ($"{arrival.Method} {Readable.Line(arrival.Path)}  ", Color.Default),
            ($"{Readable.Line(arrival.WebhookId)}{(arrival.Attempt > 1 ? $" (again: {arrival.Attempt})" : "")}  ", Color.Aqua),
            (word, colour),
            ($"  → {arrival.Status}", arrival.Status < 300 ? Color.Green : Color.Red));
        output.Line($"          {Readable.Line(Encoding.UTF8.GetString(arrival.Body), 2_000)}");
    }

    private static string AsJson(Arrival arrival) => new JsonObject
    {
        ["at"] = arrival.At,
        ["method"] = arrival.Method,
        ["path"] = arrival.Path,
        ["webhook_id"] = arrival.WebhookId,
        ["attempt"] = arrival.Attempt,
        ["verified"] = arrival.Verified,
        ["reason"] = arrival.Reason,
        ["status"] = arrival.Status,
        ["headers"] = new JsonObject(arrival.Headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value))),
        ["body"] = Body(arrival.Body),
    }.ToJsonString(Unescaped);

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonNode? Body(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            // Any receiver may be sent anything: what is not JSON is shown as the text it is.
            return Encoding.UTF8.GetString(body);
        }
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateConnection
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Its name; rules may use it in place of the id." };
        var url = new Option<string>("--url") { Description = "Where webhooks are sent.", Required = true };
        var headers = new Option<string[]>("--header", "-H") { Description = "A header of your own; may be repeated.", HelpName = "NAME: VALUE" };
        var body = new Option<string?>("--body") { Description = "What is sent: the whole CloudEvent (the default) or its data alone." };
        body.AcceptOnlyFromAmong("cloudevent", "data");
        var retries = new Option<string?>("--retry-schedule") { Description = "Pauses between attempts in place of the server's table.", HelpName = "5s,5m,2h" };
        var scheme = new Option<string?>("--scheme") { Description = "How requests are signed: a shared secret (hmac, the default), or a key whose public half receivers verify with." };
        scheme.AcceptOnlyFromAmong("hmac", "ed25519");
        var legacy = new Option<string?>("--legacy-signature") { Description = "A header for a further signature of the body, as GitHub signs.", HelpName = "X-Hub-Signature-256" };
        var operational = new Option<bool>("--operational") { Description = "It gets what the platform tells the workspace, and no rule may name it." };
        return shell.Verb("create", "Create a webhook connection. Its signing secret is shown once.",
            ["eventmesh connections create orders -w acme --url http://127.0.0.1:9009/hooks",
             "eventmesh connections create crm -w acme --url https://crm.example/in -H 'X-Team: sales' --body data --retry-schedule 5s,5m,30m"],
            [name, shell.Workspace, url, headers, body, retries, scheme, legacy, operational], async call =>
            {
                var config = new JsonObject { ["url"] = call.Given(url) };
                if (call.Value(headers) is { Length: > 0 } own)
                    config["headers"] = Headers(own);
                if (call.Value(body) is { } form)
                    config["body"] = form;
                if (call.Value(retries) is { } schedule)
                    config["retry_schedule"] = new JsonArray([.. schedule.Split(',', StringSplitOptions.TrimEntries).Select(pause => (JsonNode)Pause.Seconds(pause, "--retry-schedule 5s,5m,2h"))]);
                if (call.Value(legacy) is { } header)
                    config["legacy_signature"] = new JsonObject { ["header"] = header };
                var request = new JsonObject { ["name"] = call.Given(name), ["kind"] = "webhook", ["config"] = config };
                if (call.Value(operational))
                    request["operational"] = true;
                if (call.Value(scheme) is { } signing)
                    request["scheme"] = signing;
                var created = await call.Client.Post(call.InWorkspace($"connections"), request, call.Cancel);
                call.Output.Show(created, connection =>
                {
                    call.Output.Line($"Created connection {Readable.Line(call.Given(name))}.");
                    call.Output.Details(connection, "id", "status", "secret", "public_key");
                    var key = connection.Text("secret") is { Length: > 0 } secret ? secret : connection.Text("public_key");
                    call.Output.Note(key.StartsWith("whpk_", StringComparison.Ordinal) ? "→ Receivers verify with the public key; `connections secrets` shows it again." : "→ The secret is shown only now.");
                    if (Uri.TryCreate(call.Given(url), UriKind.Absolute, out var target) && target.IsLoopback)
                        call.Output.Note($"→ Receive here: eventmesh listen --secret {key}{(target.Port == Listen.DefaultPort ? "" : $" --port {target.Port}")}");
                });
            });
    }

    private static JsonObject Headers(string[] lines)
    {
        var headers = new JsonObject();
        foreach (var line in lines)
        {
            if (line.Split(':', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var value])
                throw Failure.Usage($"`{Readable.Line(line)}` is not a header", "Give it as --header 'Name: value'.");
            headers[name] = value;
        }

        return headers;
    }
}

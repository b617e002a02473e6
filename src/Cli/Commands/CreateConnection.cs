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
        return shell.Verb("create", "Create a webhook connection. Its signing secret is shown once.",
            ["eventmesh connections create orders -w acme --url http://127.0.0.1:9009/hooks",
             "eventmesh connections create crm -w acme --url https://crm.example/in -H 'X-Team: sales' --body data --retry-schedule 5s,5m,30m"],
            [name, shell.Workspace, url, headers, body, retries], async call =>
            {
                var config = new JsonObject { ["url"] = call.Given(url) };
                if (call.Value(headers) is { Length: > 0 } own)
                    config["headers"] = Headers(own);
                if (call.Value(body) is { } form)
                    config["body"] = form;
                if (call.Value(retries) is { } schedule)
                    config["retry_schedule"] = new JsonArray([.. schedule.Split(',', StringSplitOptions.TrimEntries).Select(pause => (JsonNode)Seconds(pause))]);
                var request = new JsonObject { ["name"] = call.Given(name), ["kind"] = "webhook", ["config"] = config };
                var created = await call.Client.Post(call.InWorkspace($"connections"), request, call.Cancel);
                call.Output.Show(created, connection =>
                {
                    call.Output.Line($"Created connection {Readable.Line(call.Given(name))}.");
                    call.Output.Details(connection, "id", "status", "secret");
                    call.Output.Note("→ The secret is shown only now.");
                    if (Uri.TryCreate(call.Given(url), UriKind.Absolute, out var target) && target.IsLoopback)
                        call.Output.Note($"→ Receive here: eventmesh listen --secret {connection.Text("secret")}{(target.Port == Listen.DefaultPort ? "" : $" --port {target.Port}")}");
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

    private static int Seconds(string pause)
    {
        var factor = pause switch { [.., 'h'] => 3600, [.., 'm'] => 60, _ => 1 };
        return int.TryParse(pause.TrimEnd('s', 'm', 'h'), out var number) && number >= 0 && number <= int.MaxValue / factor
            ? number * factor
            : throw Failure.Usage($"`{Readable.Line(pause)}` is not a pause", "Give whole numbers with s, m or h: --retry-schedule 5s,5m,2h.");
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class CreateSource
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "Its name." };
        var kind = new Option<string>("--kind") { Description = "How its requests are verified.", Required = true };
        kind.AcceptOnlyFromAmong("standard_webhooks", "hmac", "github", "stripe", "slack", "basic", "api_key", "ed25519");
        var secret = new Option<string?>("--secret") { Description = "The provider's secret; a file keeps it out of the shell's history. Made and shown once when left out, except that Stripe and Slack make their own.", HelpName = "SECRET|@file|-" };
        Option<string?>[] settings =
        [
            new("--header") { Description = "Where the signature or the key is.", HelpName = "NAME" },
            new("--prefix") { Description = "What stands before it in the header.", HelpName = "TEXT" },
            new("--query") { Description = "The parameter of the query that holds the key.", HelpName = "NAME" },
            new("--username") { Description = "Of basic.", HelpName = "NAME" },
            new("--algorithm") { Description = "sha1, sha256 (the default) or sha512.", HelpName = "NAME" },
            new("--encoding") { Description = "hex (the default), base64 or base64url.", HelpName = "NAME" },
            new("--signed") { Description = "What is signed, such as {timestamp}.{body}.", HelpName = "TEMPLATE" },
            new("--timestamp-header") { Description = "Where the signed time is.", HelpName = "NAME" },
            new("--timestamp-format") { Description = "unix (the default), unix_ms or rfc3339.", HelpName = "NAME" },
        ];
        var tolerance = new Option<int?>("--tolerance") { Description = "Seconds that a signed time may be off; 300 by default.", HelpName = "SECONDS" };
        var source = new Option<string?>("--source") { Description = "The events' source; /sources/ID by default.", HelpName = "URI" };
        var type = Taken("--type", "The events' type.");
        var typePrefix = new Option<string?>("--type-prefix") { Description = "Put before a type that is taken from the request.", HelpName = "TEXT" };
        var subject = Taken("--subject", "The events' subject.");
        var id = Taken("--id", "The provider's id of an event, by which a repeat is known.");
        return shell.Verb("create", "Create a source: an address that a provider sends its webhooks to. The address and a secret made here are shown once.",
            ["eventmesh sources create github -w acme --kind github",
             "eventmesh sources create stripe -w acme --kind stripe --secret @stripe-secret",
             "eventmesh sources create shop -w acme --kind hmac --header X-Shopify-Hmac-SHA256 --encoding base64 --type header:X-Shopify-Topic --type-prefix shopify. --id header:X-Shopify-Webhook-Id --secret -"],
            [name, shell.Workspace, kind, secret, .. settings, tolerance, source, type, typePrefix, subject, id], async call =>
            {
                var verification = new JsonObject { ["kind"] = call.Given(kind) };
                foreach (var setting in settings)
                    if (call.Value(setting) is { } value)
                        verification[setting.Name.TrimStart('-').Replace('-', '_')] = value;
                if (call.Value(tolerance) is { } seconds)
                    verification["tolerance_seconds"] = seconds;

                var made = new JsonObject();
                if (call.Value(source) is { } uri)
                    made["source"] = uri;
                foreach (var (member, option) in new[] { ("type", type), ("subject", subject), ("id", id) })
                    if (call.Value(option) is { } from)
                        made[member] = From(from);
                if (call.Value(typePrefix) is { } prefix)
                    (made["type"] as JsonObject ?? throw Failure.Usage("--type-prefix belongs to --type", "Give --type header:NAME or --type '$.path', too."))["prefix"] = prefix;

                var request = new JsonObject { ["name"] = call.Given(name), ["verification"] = verification };
                if (made.Count > 0)
                    request["event"] = made;
                if (call.Value(secret) is { } given)
                    request["secret"] = (await JsonInput.Text(call, "--secret", given)).TrimEnd('\r', '\n');
                var created = await call.Client.Post(call.InWorkspace($"sources"), request, call.Cancel);
                call.Output.Show(created, shown =>
                {
                    call.Output.Line($"Created source {Readable.Line(call.Given(name))}.");
                    call.Output.Details(("id", shown.Text("id")), ("status", shown.Text("status")), ("address", call.AddressOf(shown.Text("receive_at"))), ("secret", shown.Text("secret")));
                    call.Output.Note("→ The address and the secret are shown only now. Give both to the provider.");
                });
            });
    }

    private static Option<string?> Taken(string name, string description) =>
        new(name) { Description = description + " header:NAME, a path such as $.data.id, or the text itself.", HelpName = "FROM" };

    private static JsonObject From(string text) =>
        text.StartsWith("header:", StringComparison.Ordinal) ? new() { ["header"] = text["header:".Length..] }
        : text.StartsWith('$') ? new() { ["path"] = text }
        : new() { ["value"] = text };
}

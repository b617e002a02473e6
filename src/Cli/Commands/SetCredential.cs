using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SetCredential
{
    // What the secret part of each kind is called.
    private static readonly Dictionary<string, string> SecretOf = new()
    {
        ["api_key"] = "value", ["basic"] = "password", ["bearer"] = "token", ["oauth2_client_credentials"] = "client_secret",
    };

    public static Command In(Shell shell)
    {
        var connection = new Argument<string>("connection") { Description = "Id or name." };
        var kind = new Option<string>("--kind") { Description = "What its requests show the target.", Required = true };
        kind.AcceptOnlyFromAmong("none", "api_key", "basic", "bearer", "oauth2_client_credentials", "oauth2");
        var secret = new Option<string?>("--secret") { Description = "The API key, password, token or client secret: a file or standard input, so that it stays out of the shell's history.", HelpName = "@file|-" };
        Option<string?>[] settings =
        [
            new("--header") { Description = "Of api_key: the header that carries it.", HelpName = "NAME" },
            new("--query") { Description = "Of api_key: the query parameter that carries it.", HelpName = "NAME" },
            new("--prefix") { Description = "Of api_key: what stands before it in the header.", HelpName = "TEXT" },
            new("--username") { Description = "Of basic.", HelpName = "NAME" },
            new("--token-url") { Description = "Of oauth2_client_credentials: where tokens are asked for.", HelpName = "URL" },
            new("--client-id") { Description = "Of oauth2_client_credentials.", HelpName = "ID" },
            new("--audience") { Description = "Sent as audience.", HelpName = "TEXT" },
            new("--resource") { Description = "Sent as resource (RFC 8707).", HelpName = "URI" },
            new("--client-authentication") { Description = "Where client id and secret stand: basic (the default) or post.", HelpName = "HOW" },
            new("--provider") { Description = "Of oauth2: the provider's name.", HelpName = "NAME" },
        ];
        var scopes = new Option<string[]>("--scope") { Description = "May be repeated.", HelpName = "SCOPE" };
        var parameters = new Option<string[]>("--parameter") { Description = "Of oauth2: one of the provider's, such as shop. Of oauth2_client_credentials: a further one of a request for a token. May be repeated. It is shown.", HelpName = "NAME=VALUE" };
        return shell.Verb("set", "Give a connection a credential, or rotate it. What was there before is used no more.",
            ["eventmesh connections credential set crm -w acme --kind bearer --secret @token",
             "eventmesh connections credential set crm -w acme --kind api_key --header X-Api-Key --secret -",
             "eventmesh connections credential set crm -w acme --kind oauth2_client_credentials --token-url https://id.crm.example/token --client-id acme --secret @secret --scope events:write",
             "eventmesh connections credential set crm -w acme --kind oauth2 --provider shopify --parameter shop=acme.myshopify.com"],
            [connection, shell.Workspace, kind, secret, .. settings, scopes, parameters], async call =>
            {
                var chosen = call.Given(kind);
                var request = new JsonObject { ["kind"] = chosen };
                foreach (var setting in settings)
                    if (call.Value(setting) is { } value)
                        request[setting.Name.TrimStart('-').Replace('-', '_')] = value;
                if (call.Value(scopes) is { Length: > 0 } wanted)
                    request["scopes"] = new JsonArray([.. wanted.Select(scope => (JsonNode)scope)]);
                if (call.Value(parameters) is { Length: > 0 } further)
                    request["parameters"] = Parameters(further);
                if (await Secret(call, chosen, call.Value(secret)) is var (member, text))
                    request[member] = text;
                var id = await Names.Connection(call, call.Given(connection));
                var set = await call.Client.Put(call.InWorkspace($"connections/{id}/credential"), request, call.Cancel);
                call.Output.Show(set, answer =>
                {
                    call.Output.Line($"Set the credential of {Readable.Line(call.Given(connection))}.");
                    call.Output.Details(answer, "kind", "status", "since");
                });
            });
    }

    private static async Task<(string Member, string Text)?> Secret(Call call, string kind, string? given)
    {
        if (!SecretOf.TryGetValue(kind, out var member))
            return given is null ? null : throw Failure.Usage($"--secret is not for {kind}");
        if (given is null || (given != "-" && !given.StartsWith('@')))
            throw Failure.Usage($"{kind} needs a secret that does not stand on the command line", "Give --secret @file, or --secret - and write it to standard input.");
        return (member, (await JsonInput.Text(call, "--secret", given)).TrimEnd('\r', '\n'));
    }

    private static JsonObject Parameters(string[] lines)
    {
        var parameters = new JsonObject();
        foreach (var line in lines)
        {
            if (line.Split('=', 2) is not [{ Length: > 0 } name, var value])
                throw Failure.Usage($"`{Readable.Line(line)}` is not a parameter", "Give it as --parameter NAME=VALUE.");
            parameters[name] = value;
        }

        return parameters;
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class SetRedaction
{
    public static Command In(Shell shell)
    {
        var paths = new Argument<string[]>("path") { Description = "All that are redacted: $.data.customer.email, $.data.items[*].card, $..iban.", Arity = ArgumentArity.ZeroOrMore };
        var shape = new Option<bool>("--shape-only") { Description = "Name no paths: show only the shape of bodies, as before any were named." };
        var nothing = new Option<bool>("--nothing") { Description = "Redact nothing." };
        return shell.Verb("set", "Say what is redacted where bodies of events are shown; it replaces what was said before.",
            ["eventmesh redaction set '$.data.customer.email' '$.data.items[*].card' -w acme", "eventmesh redaction set --shape-only -w acme"], [paths, shell.Workspace, shape, nothing], async call =>
            {
                var given = call.Value(paths) ?? [];
                if ((given.Length > 0 ? 1 : 0) + (call.Value(shape) ? 1 : 0) + (call.Value(nothing) ? 1 : 0) != 1)
                    throw Failure.Usage("Name paths, or --shape-only, or --nothing.", "See `eventmesh redaction set --help`.");
                var body = new JsonObject { ["paths"] = call.Value(shape) ? null : new JsonArray([.. given.Select(p => (JsonNode?)JsonValue.Create(p))]) };
                var changed = await call.Client.Put(call.InWorkspace($"redaction"), body, call.Cancel);
                call.Output.Show(changed, _ => call.Output.Line(call.Value(shape) ? "Only the shape of bodies is shown." : $"{given.Length} paths are redacted."));
            });
    }
}

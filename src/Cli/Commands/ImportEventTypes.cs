using System.CommandLine;
using System.Text.Json.Nodes;
using EventMesh.Cli.Importing;

namespace EventMesh.Cli.Commands;

internal static class ImportEventTypes
{
    public static Command In(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "An OpenAPI 3.1 document with webhooks (3.0: x-webhooks), JSON or YAML; - for standard input." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be done, and do nothing." };
        return shell.Verb("import", "Describe the webhooks of an OpenAPI document as event types; what is there already as it is stays.",
            ["eventmesh types import openapi.yaml -w acme --dry-run", "eventmesh types import openapi.yaml -w acme"], [file, shell.Workspace, dryRun], async call =>
            {
                var (types, notes) = OpenApiWebhooks.Read(await OpenApiFile.Read(call, call.Given(file)));
                foreach (var note in notes)
                    call.Output.Note(Readable.Line(note));
                var (done, refused) = (new JsonArray(), 0);
                foreach (var type in types)
                {
                    var (import, reason) = await Import(call, type, call.Value(dryRun));
                    var (result, changes) = (import?.Result ?? "refused", import?.Changes ?? []);
                    var told = new JsonObject { ["name"] = type.Name, ["result"] = result, ["changes"] = new JsonArray([.. changes.Select(c => (JsonNode)c)]) };
                    if (reason is not null)
                    {
                        refused++;
                        told["reason"] = reason;
                        call.Output.Note($"{Readable.Line(type.Name)} is refused: {Readable.Line(reason, 500)}.");
                    }

                    done.Add((JsonNode)told);
                    if (!call.Output.Json)
                        call.Output.Line($"{result,-8} {Readable.Line(type.Name)}{(changes.Count == 0 ? "" : $" ({string.Join(", ", changes)})")}");
                }

                if (call.Output.Json)
                    call.Output.Line(new JsonObject { ["dry_run"] = call.Value(dryRun), ["types"] = done }.ToJsonString());
                else if (call.Value(dryRun))
                    call.Output.Note("Nothing was written.");
                if (refused > 0)
                    throw new Failure(ExitCode.Refused, $"{refused} of {types.Count} types {(call.Value(dryRun) ? "would be" : "were")} refused; the others {(call.Value(dryRun) ? "would be" : "are")} as listed", "To import the whole document again is safe.");
            });
    }

    /// <returns>What was done, or why the type was left out.</returns>
    private static async Task<(TypeImport? Import, string? Refused)> Import(Call call, ImportedType type, bool dryRun)
    {
        if (Unfit.Reason(type) is { } reason)
            return (null, reason);
        try
        {
            var import = await TypeImport.Plan(call, type);
            if (!dryRun)
                await import.Carry(call);
            return (import, null);
        }
        catch (Failure failure) when (failure.Code == ExitCode.Refused)
        {
            return (null, failure.Message);
        }
    }
}

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
                var done = new JsonArray();
                foreach (var type in types)
                {
                    var import = await Import(call, type, call.Value(dryRun));
                    done.Add((JsonNode)new JsonObject { ["name"] = type.Name, ["result"] = import.Result, ["changes"] = new JsonArray([.. import.Changes.Select(c => (JsonNode)c)]) });
                    if (!call.Output.Json)
                        call.Output.Line($"{import.Result,-8} {Readable.Line(type.Name)}{(import.Changes.Count == 0 ? "" : $" ({string.Join(", ", import.Changes)})")}");
                }

                if (call.Output.Json)
                    call.Output.Line(new JsonObject { ["dry_run"] = call.Value(dryRun), ["types"] = done }.ToJsonString());
                else if (call.Value(dryRun))
                    call.Output.Note("Nothing was written.");
            });
    }

    private static async Task<TypeImport> Import(Call call, ImportedType type, bool dryRun)
    {
        try
        {
            var import = await TypeImport.Plan(call, type);
            if (!dryRun)
                await import.Carry(call);
            return import;
        }
        catch (Failure failure) when (failure.Code == ExitCode.Refused)
        {
            throw new Failure(
                failure.Code, $"{Readable.Line(type.Name)} was not imported: {failure.Message}", "Those before it are; to import the whole document again is safe.", failure.Problem);
        }
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class ValidateSample
{
    public static Command In(Shell shell)
    {
        var name = new Argument<string>("name") { Description = "The event type." };
        var data = new Option<string>("--data") { Description = "The data to check.", HelpName = "JSON|@file|-", Required = true };
        var version = new Option<int?>("--version") { Description = "Of the schema; the newest when left out.", HelpName = "N" };
        return shell.Verb("validate", "Check data against the schema of an event type; ends with 1 when it does not fit.",
            ["""eventmesh types validate order.paid -w acme --data '{"id":"1001","total":120}'""", "eventmesh types validate order.paid -w acme --data @order.json --version 1"],
            [name, shell.Workspace, data, version], async call =>
            {
                var body = new JsonObject { ["data"] = await JsonInput.Read(call, "--data", call.Given(data)) };
                if (call.Value(version) is { } number)
                    body["version"] = number;
                var checkedData = await call.Client.Post(call.InWorkspace($"event-types/{call.Given(name)}/validate"), body, call.Cancel);
                call.Output.Show(checkedData, answer =>
                {
                    foreach (var fault in answer.Each("faults"))
                        call.Output.Line($"{Readable.At(fault, "path")} {Readable.At(fault, "reason")}".TrimStart());
                    if (answer.Text("valid") == "true")
                        call.Output.Line($"It fits version {answer.Text("version")}.");
                });
                if (checkedData.Text("valid") != "true")
                    throw new Failure(ExitCode.Refused, $"it does not fit version {checkedData.Text("version")} of {Readable.Line(call.Given(name))}");
            });
    }
}

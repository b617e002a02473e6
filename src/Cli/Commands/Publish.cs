using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class Publish
{
    public static Command In(Shell shell)
    {
        var type = new Option<string?>("--type") { Description = "What happened, such as order.created." };
        var source = new Option<string?>("--source") { Description = "Who says so." };
        var id = new Option<string?>("--id") { Description = "Unique for the source; made up when left out. The same id again is the same event." };
        var subject = new Option<string?>("--subject") { Description = "What it happened to." };
        var resource = new Option<string?>("--resource") { Description = "The kind of resource it is about." };
        var resourceId = new Option<string?>("--resource-id") { Description = "Which one." };
        var data = new Option<string?>("--data") { Description = "The data.", HelpName = "JSON|@file|-" };
        var file = new Option<string?>("--file", "-f") { Description = "Publish what a file holds: one CloudEvent, an array of them, or one a line; - for standard input.", HelpName = "FILE" };
        Option<string?>[] ofOneEvent = [type, source, id, subject, resource, resourceId, data];
        return shell.Verb("publish", "Publish events.",
            ["""eventmesh publish -w acme --type order.created --source shop --data '{"total":120}'""",
             "eventmesh publish -w acme --type order.created --source shop --id 1001 --data @order.json",
             "eventmesh publish -w acme --file orders.ndjson"],
            [shell.Workspace, .. ofOneEvent, file], async call =>
            {
                if (call.Value(file) is { } name)
                {
                    if (ofOneEvent.FirstOrDefault(option => call.Value(option) is not null) is { } extra)
                        throw Failure.Usage($"--file and {extra.Name} do not go together", "A file holds whole CloudEvents.");
                    await PublishFile(call, name);
                    return;
                }

                var cloudEvent = new JsonObject
                {
                    ["specversion"] = "1.0",
                    ["id"] = call.Value(id) ?? Guid.CreateVersion7().ToString(),
                    ["source"] = call.Value(source) ?? throw Missing("--source"),
                    ["type"] = call.Value(type) ?? throw Missing("--type"),
                };
                foreach (var (attribute, value) in new[] { ("subject", call.Value(subject)), ("resource", call.Value(resource)), ("resourceid", call.Value(resourceId)) })
                {
                    if (value is not null)
                        cloudEvent[attribute] = value;
                }

                if (call.Value(data) is { } json)
                {
                    cloudEvent["datacontenttype"] = "application/json";
                    cloudEvent["data"] = await JsonInput.Read(call, "--data", json);
                }

                var accepted = await Sending.Send(call, cloudEvent.ToJsonString(), "application/cloudevents+json");
                call.Output.Show(accepted, answer =>
                {
                    call.Output.Line(answer.Status == 200 ? $"Already published: {answer.Text("id")}" : $"Published {answer.Text("id")}");
                    call.Output.Note($"→ See where it went: eventmesh events get {answer.Text("id")} -w {call.Workspace}");
                });
            });
    }

    private static async Task PublishFile(Call call, string name)
    {
        await using var file = JsonInput.Open(call, "--file", name);
        var progress = new Progress(call.Terminal, "events published");
        var (published, duplicates) = (0, 0);
        try
        {
            await foreach (var batch in EventFile.Batches(file, name, call.Cancel))
            {
                var answer = await SendBatch(call, batch, published);
                published += batch.Count;
                duplicates += answer.Each("events").Count(accepted => Readable.At(accepted, "duplicate") == "true");
                if (call.Output.Json)
                {
                    foreach (var accepted in answer.Each("events"))
                        call.Output.Line(accepted.GetRawText());
                }

                progress.Report(published);
            }
        }
        finally
        {
            progress.End();
        }

        if (!call.Output.Json)
            call.Output.Line(string.Create(CultureInfo.InvariantCulture, $"Published {published - duplicates:N0} {(published - duplicates == 1 ? "event" : "events")}{(duplicates == 0 ? "" : $"; {duplicates:N0} had been published before")}."));
    }

    private static async Task<Answer> SendBatch(Call call, EventFile.Batch batch, int published)
    {
        try
        {
            return await Sending.Send(call, batch.Body, "application/cloudevents-batch+json");
        }
        catch (Failure failure)
        {
            throw new Failure(
                failure.Code,
                $"events {batch.First} to {batch.First + batch.Count - 1} were not published: {failure.Message}",
                $"{failure.Next} {published} events before them are published; to send the whole file again is safe, since each keeps its id.".TrimStart(),
                failure.Problem);
        }
    }

    private static Failure Missing(string option) => Failure.Usage($"{option} is missing", "An event has --type and --source; or give whole CloudEvents with --file.");
}

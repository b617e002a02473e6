using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

internal static class StartExport
{
    public static Command In(Shell shell)
    {
        var format = new Option<string?>("--format") { Description = "ndjson (without it) or csv.", HelpName = "FORMAT" };
        var gzip = new Option<bool>("--gzip") { Description = "Compressed." };
        var types = new Option<string[]>("--type") { Description = "Stored names, such as 'delivery_*'; may be repeated.", HelpName = "NAME" };
        var stream = new Option<string?>("--stream") { Description = "Streams whose id begins so, such as con_.", HelpName = "PREFIX" };
        var resource = new Option<string?>("--resource") { Description = "What is about an id, or a resource: customer, or customer/7.", HelpName = "RESOURCE" };
        var since = new Option<string?>("--since") { Description = "From then on: a timestamp, or how long ago (30m, 12h, 7d).", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "Up to then.", HelpName = "TIME" };
        var after = new Option<string?>("--after") { Description = "Behind this position.", HelpName = "POSITION" };
        var data = new Option<bool>("--include-data") { Description = "With the payloads of published events, redacted by the workspace's rules." };
        var bucket = new Option<string?>("--bucket") { Description = "Into a bucket, and not to be downloaded.", HelpName = "BUCKET" };
        var region = new Option<string?>("--region") { Description = "The bucket's; us-east-1 without it.", HelpName = "REGION" };
        var endpoint = new Option<string?>("--endpoint") { Description = "Of an object store that is not Amazon's.", HelpName = "URL" };
        var prefix = new Option<string?>("--prefix") { Description = "What the object's name begins with.", HelpName = "PREFIX" };
        var pathStyle = new Option<bool?>("--path-style") { Description = "The bucket in the path and not in the host's name; so without it where there is an endpoint." };
        var credential = new Option<string?>("--credential") { Description = "The workspace's secret that holds the bucket's credential.", HelpName = "SECRET" };
        var key = new Option<string?>("--idempotency-key") { Description = "Started again with the same key it is the same export." };
        var watch = new Option<bool>("--watch") { Description = "Follow it until it ends." };
        var output = new Option<string?>("--output", "-o") { Description = "Follow it, and download it into this file.", HelpName = "FILE" };
        return shell.Verb("start", "Export the workspace's history.",
            ["eventmesh exports start -w acme --gzip --output history.ndjson.gz",
             "eventmesh exports start -w acme --format csv --type 'delivery_*' --since 7d --output deliveries.csv",
             "eventmesh exports start -w acme --gzip --bucket archive --region eu-central-1 --prefix acme/ --credential archive-s3 --watch"],
            [shell.Workspace, format, gzip, types, stream, resource, since, until, after, data, bucket, region, endpoint, prefix, pathStyle, credential, key, watch, output], async call =>
            {
                var filter = Given(("stream", call.Value(stream)), ("resource", call.Value(resource)), ("since", Time(call.Value(since), "--since")), ("until", Time(call.Value(until), "--until")), ("after", call.Value(after)));
                if (call.Value(types) is { Length: > 0 } names) filter["types"] = new JsonArray([.. names.Select(n => (JsonNode)n)]);
                var body = Given(("format", call.Value(format)));
                if (call.Value(gzip)) body["gzip"] = true;
                if (filter.Count > 0) body["filter"] = filter;
                if (call.Value(data)) body["include_data"] = true;
                if (call.Value(bucket) is { } name)
                {
                    if (call.Value(output) is not null) throw Failure.Usage("an export into a bucket is not downloaded", "Give --bucket or --output.");
                    var to = Given(("kind", "s3"), ("bucket", name), ("region", call.Value(region)), ("endpoint", call.Value(endpoint)), ("prefix", call.Value(prefix)), ("credential", call.Value(credential)));
                    if (call.Value(pathStyle) is { } inPath) to["path_style"] = inPath;
                    body["to"] = to;
                }

                using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
                if (call.Value(key) is { } idempotency) content.Headers.TryAddWithoutValidation("Idempotency-Key", idempotency);
                var export = await call.Client.Post(call.InWorkspace($"exports"), content, call.Cancel);
                if (call.Value(watch) || call.Value(output) is not null) export = await ExportProgress.Watch(call, export.Text("id"));
                if (call.Value(output) is { } file)
                {
                    ExportProgress.Refuse(export);
                    if (export.Text("state") != "finished") throw new Failure(ExitCode.Refused, "the export was cancelled");
                    await new Download(call, export, file).Run();
                }
                ExportProgress.Show(call, export);
            });
    }

    private static JsonObject Given(params (string Name, string? Value)[] members)
    {
        var given = new JsonObject();
        foreach (var (name, value) in members)
            if (value is not null) given[name] = value;
        return given;
    }

    /// <summary>A time as it was given; one that says how long ago is taken from this machine's clock.</summary>
    private static string? Time(string? given, string option) => given is null || given.Contains('T', StringComparison.Ordinal) ? given
        : DateTime.UtcNow.AddSeconds(-Pause.Seconds(given, $"{option} 24h, or {option} 2026-11-20T08:00:00Z")).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}

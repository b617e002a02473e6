using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>Lists: as many pages as were asked for, as one table or as one JSON object of the server's form.</summary>
internal sealed class Pages
{
    private const int ItemsPerPageMax = 100;

    private readonly Option<int> limit = new("--limit") { Description = "How many to show.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Option<bool> all = new("--all") { Description = "Show all of them." };

    public Pages() => limit.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
            result.AddError("--limit is a number of at least 1.");
    });

    public Symbol[] Options => [limit, all];

    public bool AreAll(Call call) => call.Value(all);

    /// <param name="path">The list's path, with its filters.</param>
    /// <param name="none">Said when there is nothing to show.</param>
    public async Task Show(Call call, string path, string none, params (string Heading, string Path)[] columns)
    {
        var itemsMax = call.Value(all) ? (int?)null : call.Value(limit);
        var next = new Cursor();
        List<JsonElement> items = [];
        await foreach (var item in Items(call, path, itemsMax, next))
            items.Add(item);

        if (call.Output.Json)
            call.Output.Line($$"""{"items":[{{string.Join(',', items.Select(item => item.GetRawText()))}}],"next":{{JsonSerializer.Serialize(next.Value)}}}""");
        else if (items.Count > 0)
            call.Output.Table(items, columns);
        if (call.Output.Json)
            return;
        if (items.Count == 0)
            call.Output.Note(none);
        else if (next.Value is not null)
            call.Output.Note($"The first {items.Count} are shown; --all shows the rest.");
    }

    /// <summary>The items of a list in the server's order, page by page; <paramref name="itemsMax"/> of them, or all when it is null.</summary>
    /// <param name="next">Where the rest begins, once the enumeration is over.</param>
    public static async IAsyncEnumerable<JsonElement> Items(Call call, string path, int? itemsMax, Cursor? next = null)
    {
        var cursor = next ?? new Cursor();
        for (var seen = 0; itemsMax is null || seen < itemsMax;)
        {
            var size = Math.Min(ItemsPerPageMax, itemsMax - seen ?? ItemsPerPageMax);
            var page = await call.Client.Get(
                Route.With(path, ("limit", size.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor.Value)), call.Cancel);
            foreach (var item in page.Each("items"))
            {
                seen++;
                yield return item;
            }

            cursor.Value = Readable.Find(page.Json, "next") is { ValueKind: JsonValueKind.String } more ? more.GetString() : null;
            if (cursor.Value is null)
                yield break;
        }
    }

    public sealed class Cursor
    {
        public string? Value { get; set; }
    }
}

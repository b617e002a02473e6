using System.Diagnostics;
using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_types_are_imported(RunningMesh mesh)
{
    private static readonly string Shop = Path.Combine(Repository.Root, "tests/Unit/Cli/openapi/shop.yaml");

    [Fact]
    public async Task The_webhooks_of_an_openapi_document_are_types_and_a_second_import_changes_nothing()
    {
        var workspace = await mesh.Workspace();
        var first = await Import(workspace);
        Assert.Equal((0, "created  order.paid\ncreated  order.refunded\ncreated  category.changed\ncreated  stock.low\n"), (first.Code, first.Out));
        var version = (await workspace.Get("/event-types/order.paid")).Is(HttpStatusCode.OK).Headers.ETag!.Tag;

        var second = await Import(workspace);
        Assert.Equal((0, "same     order.paid\nsame     order.refunded\nsame     category.changed\nsame     stock.low\n"), (second.Code, second.Out));
        Assert.Equal(version, (await workspace.Get("/event-types/order.paid")).Headers.ETag!.Tag);

        (await workspace.Publish(Workspace.Event("1", "order.paid", ""","data":{"id":"ord_7","total":1.005,"currency":"EUR","lines":[{"sku":"A","quantity":0}]}""")))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "schema_mismatch").Names("data/total", "multiple of 0.01").Names("data/lines/0/quantity", "more than 0");
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_a_changed_document_changes_what_differs()
    {
        var workspace = await mesh.Workspace();
        Assert.StartsWith("created  order.paid\n", (await Import(workspace, "--dry-run")).Out, StringComparison.Ordinal);
        Assert.Empty((await workspace.Get("/event-types")).Items);

        Assert.Equal(0, (await Import(workspace)).Code);
        (await workspace.Post("/event-types/stock.low/schemas", """{"schema":{"type":"string"}}""")).Is(HttpStatusCode.Created);
        Assert.Contains("changed  stock.low (schema)\n", (await Import(workspace)).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await workspace.Get("/event-types/stock.low")).Json["schemas"]!.AsArray().Count);
    }

    private async Task<(int Code, string Out)> Import(Workspace workspace, params string[] further)
    {
        var executable = Path.Combine(Repository.Root, "src/Cli/bin", Repository.Configuration, "net10.0/eventmesh.dll");
        var start = new ProcessStartInfo("dotnet", [executable, "types", "import", Shop, "-w", workspace.Id, .. further]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["EVENTMESH_SERVER"] = mesh.Process.Address.ToString();
        start.Environment["EVENTMESH_TOKEN"] = workspace.Key;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? await output : await error);
    }
}

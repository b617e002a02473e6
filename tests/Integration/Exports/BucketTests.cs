using System.Text.Json.Nodes;
using EventMesh.Delivery.Exports;
using EventMesh.Domain.Exports;
using EventMesh.Tests.Acceptance.Clients;
using EventMesh.Tests.Integration.Secrets;
using Xunit;

namespace EventMesh.Tests.Integration.Exports;

/// <summary>Objects in several parts, in a store that is not ours.</summary>
public sealed class BucketTests
{
    [Fact]
    public async Task What_fits_into_a_part_is_one_and_an_event_more_makes_two()
    {
        using var store = await OutsideStore.Start();
        await using var mesh = await Opened("acme", "zeta");
        await mesh.Happen("acme", 300);
        var fitting = (int)(await mesh.Made("acme", Things(store)))[0].Events;
        await mesh.Happen("zeta", fitting);
        await using var node = mesh.Run();
        Assert.Equal([fitting], await Uploaded(mesh, store, "zeta"));
        await mesh.Happen("zeta", 1, "thing_followed");
        Assert.Equal([fitting, 1], await Uploaded(mesh, store, "zeta", Things(store) with { Filter = ExportFilter.All with { Types = ["thing_happened", "thing_followed"] } }));
    }

    [Fact]
    public async Task An_object_has_as_many_parts_as_the_store_takes_and_one_more_leaves_nothing_there()
    {
        using var store = await OutsideStore.Start();
        await using var mesh = await Opened("acme");
        await mesh.Happen("acme", 1_500);
        var parts = (await mesh.Made("acme", Things(store))).Select(m => (int)m.Events).ToArray();
        Assert.True(parts.Length > 10);
        await using (mesh.Run(partsMax: parts.Length)) Assert.Equal(parts, await Uploaded(mesh, store, "acme"));
        var before = await store.Objects();
        await using (mesh.Run(partsMax: parts.Length - 1))
        {
            var row = await mesh.Ended("acme", await mesh.Start("acme", Things(store)));
            Assert.Equal((ExportState.Failed, ExportFault.TooLarge), (row.State, row.Reason));
            Assert.Equal((0, before.Length), (await store.Uploads(), (await store.Objects()).Length));
        }
    }

    /// <summary>Exports, and finds in the bucket the very bytes of what was made, and the description that they fit.</summary>
    /// <returns>How many events each part has, as the description says it.</returns>
    private static async Task<int[]> Uploaded(Exporting mesh, OutsideStore store, string workspace, ExportSpec? spec = null)
    {
        var asked = spec ?? Things(store);
        var made = await mesh.Made(workspace, asked);
        var row = await mesh.Ended(workspace, await mesh.Start(workspace, asked));
        Assert.True(row.State == ExportState.Finished, $"{row.State} {row.Reason} {row.Detail}");
        Assert.Equal(made.SelectMany(m => m.Bytes).ToArray(), await store.Read(row.Object!));
        Assert.Equal(0, await store.Uploads());
        var parts = JsonNode.Parse(await store.Read(row.Object + ".json"))!["parts"]!.AsArray();
        Assert.Equal(made.Select(m => m.Sha256), parts.Select(p => p!["sha256"]!.GetValue<string>()));
        return [.. parts.Select(p => p!["events"]!.GetValue<int>())];
    }

    private static ExportSpec Things(OutsideStore store) => Exporting.Things(gzip: false) with
    {
        To = new(ExportKind.S3, OutsideStore.Bucket, "us-east-1", store.Endpoint, null, null, "s3-archive"),
    };

    private static async Task<Exporting> Opened(params string[] workspaces)
    {
        var mesh = await Exporting.Open();
        foreach (var workspace in workspaces) await mesh.Store.CreateSecret(workspace, "s3-archive", OutsideStore.Secret);
        return mesh;
    }
}

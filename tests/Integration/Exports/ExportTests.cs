using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EventMesh.Delivery.Exports;
using EventMesh.Delivery.Encryption;
using EventMesh.Domain;
using EventMesh.Domain.Encryption;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.EventStore.Sealing;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Exports;

public sealed class ExportTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_export_is_every_event_in_order_up_to_its_end_and_is_what_its_parts_say(bool gzip)
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 1_500);
        await mesh.Happen("zeta", 300);
        await using var node = mesh.Run();
        var spec = Exporting.Things(gzip) with { Filter = ExportFilter.All };
        var id = await mesh.Start("acme", spec);
        var row = await mesh.Ended("acme", id);
        await mesh.Happen("acme", 100, "thing_followed");

        var bytes = await mesh.Bytes("acme", id);
        var lines = (gzip ? Exporting.Unzipped(bytes) : Encoding.UTF8.GetString(bytes)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var events = (await mesh.Store.For("acme").ReadWhole(Position.Start, 10_000)).Where(e => e.Event.Position <= row.End).ToList();
        Assert.Equal(events.Select(e => e.Event.Position.ToString()), lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("position").GetString()));
        // Its own beginning is in it, and nothing that came later.
        Assert.Equal("export_started", events[^1].Event.Type);
        Assert.Equal((events.Count, (long)bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), 100), ((int)row.Events, row.Bytes, row.Sha256, row.PerCent));

        var parts = await mesh.Exports.Parts("acme", id);
        Assert.True(parts.Count > 5);
        Assert.Equal((row.Parts, row.Events, row.Bytes), (parts.Count, parts.Sum(p => p.Events), parts.Sum(p => p.Bytes)));
        Assert.All(parts, p => Assert.Equal(p.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan((int)p.FirstByte, (int)p.Bytes)))));
        Assert.Equal(row.End, parts[^1].End);
    }

    [Fact]
    public async Task Its_history_tells_who_asked_for_what_how_it_ended_and_who_downloaded_it_once()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 10);
        await using var node = mesh.Run();
        var id = await mesh.Start("acme", Exporting.Things() with { Filter = ExportFilter.All with { Resource = "customer/jane@example.com" } });
        var row = await mesh.Ended("acme", id);
        foreach (var reader in new[] { "key_1", "key_2", "key_1" }) await (await mesh.Exports.Download("acme", id, Exporting.By(reader))).DisposeAsync();

        var events = (await mesh.Store.For("acme").ReadStream(id)).Events;
        Assert.Equal(["export_started", "export_finished", "export_downloaded", "export_downloaded"], events.Select(e => e.Type));
        Assert.Equal(["key_1", "eventmesh", "key_1", "key_2"], events.Select(e => e.Actor));
        Assert.Equal("192.0.2.0/24", events[0].From);
        // The id of the resource may be a person's: the row has it for as long as the export is kept, and the history has not.
        Assert.Equal("customer", ((ExportEvent.ExportStarted)mesh.Store.Types.Read(events[0])).Filter.Resource);
        var finished = (ExportEvent.ExportFinished)mesh.Store.Types.Read(events[1]);
        Assert.Equal((ExportOutcome.Finished, row.Events, row.Bytes, row.End.ToString()), (finished.Outcome, finished.Events, finished.Bytes, finished.End));
        Assert.Equal("customer/jane@example.com", row.Asked.Filter.Resource);
    }

    [Theory, InlineData(ExportFormat.Ndjson, true, 0), InlineData(ExportFormat.Ndjson, false, 0), InlineData(ExportFormat.Csv, false, 1), InlineData(ExportFormat.Csv, true, 1)]
    public async Task An_export_of_nothing_is_empty_and_whole(ExportFormat format, bool gzip, int lines)
    {
        await using var mesh = await Exporting.Open();
        await using var node = mesh.Run();
        var id = await mesh.Start("acme", Exporting.Things(gzip, format));
        var row = await mesh.Ended("acme", id);
        Assert.Equal((ExportState.Finished, 0L, 1), (row.State, row.Events, row.Parts));
        var bytes = await mesh.Bytes("acme", id);
        Assert.Equal(lines, (gzip ? Exporting.Unzipped(bytes) : Encoding.UTF8.GetString(bytes)).Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_time_and_a_position_bound_it()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 30);
        IReadOnlyList<WholeEvent> things = [];
        // What is committed is in the feed once no earlier transaction of the server is under way.
        await Eventually.True(async () => (things = await mesh.Store.For("acme").ReadWhole(Position.Start, 100)).Count(t => t.Event.Type == "thing_happened") == 30, TimeSpan.FromSeconds(30), "everything to be in the feed");
        await using var node = mesh.Run();
        var id = await mesh.Start("acme", Exporting.Things() with { Filter = Exporting.Things().Filter with { After = things[9].Event.Position.ToString() } });
        var later = await mesh.Start("acme", Exporting.Things() with { Filter = Exporting.Things().Filter with { Since = DateTimeOffset.UtcNow.AddHours(1) } });
        var before = await mesh.Start("acme", Exporting.Things() with { Filter = Exporting.Things().Filter with { Until = DateTimeOffset.UtcNow.AddHours(-1) } });
        Assert.Equal(things.Count(t => t.Event.Type == "thing_happened" && t.Event.Position > things[9].Event.Position), (int)(await mesh.Ended("acme", id)).Events);
        Assert.Equal(0, (await mesh.Ended("acme", later)).Events);
        Assert.Equal(0, (await mesh.Ended("acme", before)).Events);
    }

    [Fact]
    public async Task Any_range_of_its_bytes_can_be_read()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 600);
        await using var node = mesh.Run();
        var id = await mesh.Start("acme");
        await mesh.Ended("acme", id);
        var whole = await mesh.Bytes("acme", id);
        var parts = await mesh.Exports.Parts("acme", id);
        await using var stream = await mesh.Exports.Download("acme", id, Exporting.By());
        foreach (var at in parts.SelectMany(p => new[] { p.FirstByte - 1, p.FirstByte, p.FirstByte + 1 }).Where(a => a >= 0 && a < whole.Length).Append(whole.Length - 1))
        {
            stream.Seek(at, SeekOrigin.Begin);
            var some = new byte[Math.Min(5_000, whole.Length - at)];
            await stream.ReadExactlyAsync(some, TestContext.Current.CancellationToken);
            Assert.Equal(whole[(int)at..(int)(at + some.Length)], some);
        }
        Assert.Equal(whole.Length, stream.Seek(0, SeekOrigin.End));
        Assert.Equal(0, await stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_kept_is_sealed_for_its_workspace_export_and_number_and_nobody_else_sees_it()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 400);
        await using var node = mesh.Run();
        var (id, other) = (await mesh.Start("acme", Exporting.Things(gzip: false)), await mesh.Start("acme", Exporting.Things(gzip: false)));
        await mesh.Ended("acme", id);
        await mesh.Ended("acme", other);
        Assert.Equal(0, await mesh.Ask<long>("select count(*) from eventmesh.export_parts where position('planted'::bytea in body) > 0"));
        Assert.True(await mesh.Ask<long>("select count(*) from eventmesh.export_parts where tenant_id = 'acme'") > 2);
        // What is sealed was compressed before: lines of a feed take less than half of themselves.
        Assert.True(await mesh.Ask<bool>("select sum(octet_length(body)) * 2 < sum(bytes) from eventmesh.export_parts where tenant_id = 'acme'"));

        Assert.Null(await mesh.Exports.Find("zeta", id));
        Assert.Empty(await mesh.Exports.List("zeta", null, 10));
        Assert.Empty(await mesh.Exports.Parts("zeta", id));
        Assert.Null(await ExportTable.Body(mesh.Store.For("zeta"), id, 1, TestContext.Current.CancellationToken));
        Assert.False(await mesh.Exports.Cancel("zeta", id, "key_1"));
        await mesh.Exports.Delete("zeta", id);
        Assert.NotNull(await mesh.Exports.Find("acme", id));
        await Assert.ThrowsAsync<Refused>(() => mesh.Exports.Download("zeta", id, Exporting.By()));

        await mesh.Ask<object>("update eventmesh.export_parts p set body = o.body from eventmesh.export_parts o where p.export_id = $1 and o.export_id = $2 and o.number = p.number returning 1", id, other);
        await Assert.ThrowsAsync<SealBroken>(() => mesh.Bytes("acme", id));
        // Nor does the key of another export open as this one's.
        await mesh.Ask<object>("update eventmesh.exports e set sealed = o.sealed from eventmesh.exports o where e.id = $1 and o.id = $2 returning 1", id, other);
        await Assert.ThrowsAsync<SealBroken>(() => mesh.Bytes("acme", id));
    }

    [Fact]
    public async Task It_is_still_read_when_the_workspaces_key_was_rotated_and_the_old_one_destroyed()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 400);
        await using var node = mesh.Run();
        var id = await mesh.Start("acme");
        await mesh.Ended("acme", id);
        var before = await mesh.Bytes("acme", id);

        var of = mesh.Store.For("acme");
        await of.Append(Store.DataKeyStream, Store.DataKeyStream, 0, [new DataKeysEvent.DataKeyCreated(1, "one", Exporting.By().At)], Exporting.By());
        await of.Decide<DataKeys, DataKeysEvent>(Store.DataKeyStream, Store.DataKeyStream, DataKeys.Initial, DataKeys.Evolve, s => DataKeysDecider.Decide(new DataKeysCommand.RotateDataKey(Exporting.By().At), s), Exporting.By());
        await of.MakeDataKey(2);
        using var ending = new CancellationTokenSource();
        var resealing = new Resealer(mesh.Store, TimeProvider.System, NullLogger<Resealer>.Instance).Run(ending.Token);
        await Eventually.True(async () => await mesh.Ask<int>("select eventmesh.sealed_number(sealed) from eventmesh.exports where id = $1", id) == 2, Exporting.Deadline, "the export's key to be sealed anew");
        // Whoever has just read it as it was before can still open it.
        Assert.Contains(await of.ReadDataKeys(), k => k is { Number: 1, Destroyed: false });
        await Eventually.True(async () => (await of.ReadRotation())?.FinishedAt is not null, Exporting.Deadline, "the rotation to end");
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resealing);
        Assert.Contains(await of.ReadDataKeys(), k => k is { Number: 1, Destroyed: true });
        Assert.Equal(before, await mesh.Bytes("acme", id));
    }

    [Fact]
    public async Task A_workspace_has_so_many_exports_under_way_and_no_more()
    {
        await using var mesh = await Exporting.Open();
        var ids = new List<string>();
        for (var n = 0; n < ExportLimits.RunningMax; n++) ids.Add(await mesh.Start("acme"));
        Assert.Null(await mesh.Exports.Start("acme", Exporting.Things(), Exporting.By()));
        // The same one again is no other, and another workspace has room of its own.
        Assert.Equal(ids[0], (await mesh.Exports.Start("acme", Exporting.Things(gzip: false), Exporting.By(), ids[0]))!.Id);
        Assert.NotNull(await mesh.Exports.Start("zeta", Exporting.Things(), Exporting.By()));
        Assert.Equal(ids, (await mesh.Exports.List("acme", null, 10)).Select(e => e.Id));

        await using var node = mesh.Run();
        foreach (var id in ids) await mesh.Ended("acme", id);
        Assert.NotNull(await mesh.Exports.Start("acme", Exporting.Things(), Exporting.By()));
    }

    [Fact]
    public async Task A_workspace_keeps_so_many_exports_and_no_more_until_one_is_deleted()
    {
        await using var mesh = await Exporting.Open();
        await using var node = mesh.Run();
        var ids = new List<string>();
        for (var n = 0; n < ExportLimits.KeptMax; n++)
        {
            ids.Add(await mesh.Start("acme"));
            await mesh.Ended("acme", ids[^1]);
        }
        Assert.Null(await mesh.Exports.Start("acme", Exporting.Things(), Exporting.By()));
        await mesh.Exports.Delete("acme", ids[0]);
        Assert.Null(await mesh.Exports.Find("acme", ids[0]));
        Assert.Empty(await mesh.Exports.Parts("acme", ids[0]));
        Assert.NotNull(await mesh.Exports.Start("acme", Exporting.Things(), Exporting.By()));
    }

    [Fact]
    public async Task What_has_not_ended_is_not_deleted()
    {
        await using var mesh = await Exporting.Open();
        var id = await mesh.Start("acme");
        await mesh.Exports.Delete("acme", id);
        Assert.NotNull(await mesh.Exports.Find("acme", id));
    }

    [Fact]
    public async Task An_export_may_be_so_large_and_no_larger()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 500);
        long bytes;
        await using (mesh.Run()) bytes = (await mesh.Ended("acme", await mesh.Start("acme"))).Bytes;
        await using (mesh.Run(bytesMax: bytes)) Assert.Equal(ExportState.Finished, (await mesh.Ended("acme", await mesh.Start("acme"))).State);
        await using (mesh.Run(bytesMax: bytes - 1))
        {
            var id = await mesh.Start("acme");
            var row = await mesh.Ended("acme", id);
            Assert.Equal((ExportState.Failed, ExportFault.TooLarge), (row.State, row.Reason));
            // What cannot be whole is not kept.
            Assert.Empty(await mesh.Exports.Parts("acme", id));
            await Assert.ThrowsAsync<Refused>(() => mesh.Exports.Download("acme", id, Exporting.By()));
        }
    }

    [Fact]
    public async Task An_export_goes_a_week_after_its_end_and_its_history_stays()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 3_500);
        await using var node = mesh.Run();
        var id = await mesh.Start("acme");
        var ended = (await mesh.Ended("acme", id)).FinishedAt!.Value;
        Assert.True((await mesh.Exports.Parts("acme", id)).Count > 20);
        await new EndedExports(mesh.Store, new Clock(ended + ExportLimits.KeptFor)).Look(TestContext.Current.CancellationToken);
        Assert.NotNull(await mesh.Exports.Find("acme", id));
        await new EndedExports(mesh.Store, new Clock(ended + ExportLimits.KeptFor + TimeSpan.FromSeconds(1))).Look(TestContext.Current.CancellationToken);
        Assert.Null(await mesh.Exports.Find("acme", id));
        Assert.Empty(await mesh.Exports.Parts("acme", id));
        Assert.NotEmpty((await mesh.Store.For("acme").ReadStream(id)).Events);
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

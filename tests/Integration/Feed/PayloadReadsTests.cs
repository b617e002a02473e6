using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.Domain.Access;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Feed;

public sealed class PayloadReadsTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly FeedFilter All = new();

    private readonly SetClock clock = new();
    private Opened opened = null!;
    private PayloadReads reads = null!;

    public async ValueTask InitializeAsync()
    {
        opened = await Opened.On(await Migrated.Database("payload_reads"), tells: true);
        reads = new(opened.Store, clock, NullLogger<PayloadReads>.Instance);
    }

    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task The_first_reading_is_told_before_it_happens_and_the_others_of_the_hour_together()
    {
        await Note("key_1", All, 1, 4, 3);
        Assert.Equal([(3L, At(1), At(4))], (await Told()).Select(Plain));

        clock.Now += TimeSpan.FromMinutes(59);
        await Note("key_1", All, 5, 6, 2);
        await Note("key_1", All, 2, 3, 1);
        Assert.Single(await Told());
        clock.Now += TimeSpan.FromMinutes(1);
        await Note("key_1", All, 7, 7, 1);
        Assert.Equal([(3L, At(1), At(4)), (4L, At(2), At(7))], (await Told()).Select(Plain));
        Assert.Equal(clock.Now - TimeSpan.FromMinutes(1), (await Told())[1].FirstAt);
    }

    [Fact]
    public async Task Each_reader_and_filter_is_told_for_itself_and_without_what_a_publisher_called_a_resource()
    {
        await Note("key_1", All, 1, 1, 1);
        await Note("key_2", All, 1, 1, 1);
        await Note("key_1", new(["event_published"], "evt_", "customer/ada@example.com"), 1, 1, 1);
        var told = await Told();
        Assert.Equal(3, told.Count);
        Assert.Equal("customer", told[2].Resource);
        Assert.DoesNotContain("ada", JsonSerializer.Serialize(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_stops_tells_what_is_left()
    {
        await Note("key_1", All, 1, 1, 1);
        await Note("key_1", All, 2, 2, 1);
        using var stopped = new CancellationTokenSource();
        var running = reads.Run(stopped.Token);
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal([(1L, At(1), At(1)), (1L, At(2), At(2))], (await Told()).Select(Plain));
    }

    [Fact]
    public async Task A_body_that_is_no_longer_kept_is_neither_shown_nor_counted_as_read()
    {
        var (kept, gone) = (Published("evt_1"), Published("evt_2"));
        await opened.Store.For("acme").Append("evt_1", "published_event", 0, [kept], Opened.Now, [new("evt_1", DateOnly.FromDateTime(Opened.Now.At.UtcDateTime), null, """{"id":"a","data":1}"""u8.ToArray())], Stop);
        await opened.Store.For("acme").Append("evt_2", "published_event", 0, [gone], Opened.Now, null, Stop);
        await opened.CatchUp();
        var page = await opened.Store.For("acme").ReadFiltered(new() { Types = ["event_published"] }, Position.Start, null, 10, stop: Stop);
        var bodies = await new FeedPayloads(opened.Store, reads, _ => RedactionRules.Of(["$.id"])).Of(Call("key_1"), All, new([.. page.Events]), Stop);
        Assert.Equal("""{"id":"[redacted]","data":1}""", System.Text.Encoding.UTF8.GetString(Assert.Single(bodies, b => b.Key == "evt_1").Value));
        Assert.Single(bodies);
        Assert.Equal(1, Assert.Single(await Told()).Count);

        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text)) FeedLine.Write(json, page.Events[1], new FeedLine.Body(null));
        var line = JsonElement.Parse(text.ToArray());
        Assert.Equal((JsonValueKind.Null, true), (line.GetProperty("payload").ValueKind, line.GetProperty("payload_expired").GetBoolean()));
    }

    private static PublishedEventEvent.EventPublished Published(string id) => new(id, "/s", "t", null, null, null, null, 17, "00", Opened.Now.At);

    private Task Note(string actor, FeedFilter filter, int from, int to, int count) => reads.Note(Call(actor), filter, new(1, from), new(1, to), count, Stop);

    private Call Call(string actor) => new(new Actor.Tenant("acme", actor, Role.Auditor), ConfiguredWorkspace.Empty("acme"), null, null, clock);

    private static string At(int sequence) => new Position(1, sequence).ToString();

    private static (long, string, string) Plain(PayloadReadEvent.PayloadsRead told) => (told.Count, told.From, told.To);

    private async Task<List<PayloadReadEvent.PayloadsRead>> Told() =>
        [.. (await opened.Feed()).Where(e => e.Type == "payloads_read").Select(e => (PayloadReadEvent.PayloadsRead)opened.Store.Types.Read(e))];

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

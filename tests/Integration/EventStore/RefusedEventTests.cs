using System.Text;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Reading;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class RefusedEventTests : IAsyncLifetime
{
    private Opened opened = null!;

    // One lane: what is appended at the same time meets in one transaction.
    public async ValueTask InitializeAsync() => opened = await Opened.New("refused", lanes: 1);
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    public static TheoryData<string> BadJson => new(
        "", "{nope", "{\"a\":1} trailing", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "{\"a\":1e999999}", "{\"a\":01}", "\"\\x\"",
        "{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}");

    [Theory]
    [MemberData(nameof(BadJson))]
    public async Task Data_that_the_database_cannot_hold_is_refused_to_its_caller_alone(string data) =>
        await IsRefusedAlone(() => opened.Append("acme", "bad", 0, Opened.Event(data)));

    [Fact]
    public async Task Data_that_is_not_UTF_8_is_refused_to_its_caller_alone() =>
        await IsRefusedAlone(() => opened.Append("acme", "bad", 0, new NewEvent("t", null, [0x22, 0xff, 0x22])));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData(null, 501)]
    public async Task A_type_that_is_no_name_is_refused_to_its_caller_alone(string? type, int length = 0) =>
        await IsRefusedAlone(() => opened.Append("acme", "bad", 0, Opened.Event("{}", type ?? new string('t', length))));

    [Theory]
    [InlineData("", "s")]
    [InlineData("acme", "")]
    [InlineData("acme", "a\0b")]
    public async Task An_id_that_is_no_name_is_refused_to_its_caller_alone(string workspace, string stream) =>
        await IsRefusedAlone(() => opened.Append(workspace, stream, 0, Opened.Event()));

    [Fact]
    public async Task An_id_is_taken_up_to_its_limit_and_refused_past_it()
    {
        // Three bytes a character, and no two alike next to each other: the largest key an index may have to hold, uncompressed.
        static string Long(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)(0x4e00 + i * 7919 % 20_000)));
        await opened.Append(Long(Acceptable.WorkspaceMax), Long(Acceptable.StreamMax), 0, Opened.Event("{}", Long(Acceptable.TypeMax)));

        await IsRefusedAlone(() => opened.Append(Long(Acceptable.WorkspaceMax + 1), "s", 0, Opened.Event()));
        await IsRefusedAlone(() => opened.Append("acme", Long(Acceptable.StreamMax + 1), 0, Opened.Event()));
    }

    [Fact]
    public async Task A_name_with_half_a_character_is_refused_to_its_caller_alone()
    {
        await IsRefusedAlone(() => opened.Append("acme", "a\ud800b", 0, Opened.Event()));
        await IsRefusedAlone(() => opened.Append("acme", "bad", 0, Opened.Event("{}", "a\udc00b")));
        await opened.Append("acme", "a\ud83d\ude00b", 0, Opened.Event());
    }

    [Fact]
    public async Task An_actor_or_a_correlation_that_is_no_text_is_refused_to_its_caller_alone()
    {
        await IsRefusedAlone(() => opened.Store.For("acme").Append("bad", "thing", 0, [Opened.Event()], Opened.Now with { Actor = "\0" }));
        await IsRefusedAlone(() => opened.Store.For("acme").Append("bad", "thing", 0, [Opened.Event()], Opened.Now with { CorrelationId = "\ud800" }));
    }

    [Fact]
    public async Task A_stream_that_cannot_exist_reads_as_one_that_does_not()
    {
        Assert.Equal(0, (await opened.Store.For("acme").ReadStream("a\0b")).Version);
        Assert.Empty(await opened.Store.For("acme").ListStreams("con_", "con_\0", 10));
    }

    /// <summary>The bad append waits between fifty good ones of other callers; those are all stored.</summary>
    private async Task IsRefusedAlone(Func<Task> bad)
    {
        var round = Guid.NewGuid().ToString("N");
        var good = new List<Task>();
        for (var i = 0; i < 25; i++) good.Add(opened.Append("acme", $"{round}-{i}", 0, Opened.Event()));
        var refused = Assert.ThrowsAsync<EventRefused>(bad);
        for (var i = 25; i < 50; i++) good.Add(opened.Append("acme", $"{round}-{i}", 0, Opened.Event()));

        await refused;
        await Task.WhenAll(good);
        Assert.Equal(50, (await opened.Store.For("acme").ListStreams(round, null, 100)).Count);
        Assert.Equal(0, (await opened.Store.For("acme").ReadStream("bad")).Version);
    }
}

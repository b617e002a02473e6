using EventMesh.Cli.Verifying;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Log;
using Xunit;

namespace EventMesh.Tests.Integration.Log;

/// <summary>Whatever somebody with all rights does to the rows of a history that was logged is found, and the first event that does not fit is named.</summary>
public class TamperTests(LoggedHistory history) : IClassFixture<LoggedHistory>
{
    private const string Acme = "acme";
    private const int Place = 40;

    [Fact]
    public async Task Nothing_is_found_where_nothing_was_done()
    {
        foreach (var workspace in LoggedHistory.Workspaces)
        {
            var leaves = history.Leaves[workspace];
            var check = await history.Check(workspace, [Signed(leaves, 10), Signed(leaves, leaves.Length)], leaves);
            Assert.Null(check.First);
            Assert.Equal(leaves.Length, check.Proven);
            // Events of stored fields and events of lines have the same form.
            Assert.Equal(leaves, (await history.Export(workspace)).Select(l => MerkleTree.Leaf(new CanonicalEvent().Read(l, out _))));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(16 << 20)]
    public async Task The_feed_of_all_workspaces_gives_the_same_events_however_much_of_it_is_gathered(int bytes)
    {
        var (all, whole) = await history.ReadAll(10_000, bytes);
        foreach (var workspace in LoggedHistory.Workspaces)
            Assert.Equal(history.Leaves[workspace], all.Where(e => e.Workspace == workspace).Select(e => e.Leaf));
        Assert.Equal((all.Count, false), (whole.Events, whole.Full));
        var (first, page) = await history.ReadAll(7, bytes);
        Assert.Equal(all[..7], first);
        Assert.Equal((7, true, all[6].At), (page.Events, page.Full, page.UpTo));
    }

    [Fact]
    public async Task A_change_of_any_column_is_found()
    {
        var columns = await history.Columns();
        Assert.True(columns.Count >= 16, $"{columns.Count} columns were found.");
        foreach (var (column, type) in columns)
        {
            var other = type switch
            {
                "int8" => $"{column} + 1000000",
                "xid8" => $"({column}::text::bigint + 1)::text::xid8",
                "uuid" => "gen_random_uuid()",
                "varchar" => $"coalesce({column}, '') || 'x'",
                "jsonb" => $$"""coalesce({{column}}, '{}') || '{"tampered": 1}'""",
                "bytea" => "'\\x01'",
                "timestamptz" => $"{column} + interval '1 microsecond'",
                "bool" => $"not {column}",
                _ => throw new InvalidOperationException($"Column {column} is of type {type}: say here how to change it."),
            };
            await Found($"update public.mt_events set {column} = {other} where {await At(Place)}", Place, column);
        }
    }

    [Fact]
    public async Task What_lies_in_the_data_is_found()
    {
        await Found($"update public.mt_events set data = jsonb_set(data, '{{of,b,0}}', '1.5') where {await At(Place)}", Place, "a number of the same value in other digits");
        await Found($"update public.mt_events set data = data - 'kind' where {await At(Place)}", Place, "a member taken away");
        await Found($"update public.mt_events set headers = '{{\"from\": \"10.0.0.0/24\"}}' where {await At(Place)}", Place, "headers");
        await Found($"update public.mt_events set user_name = null where {await At(Place)}", Place, "an actor taken away");
    }

    [Fact]
    public async Task So_is_an_event_that_was_taken_away_and_several()
    {
        await Found($"delete from public.mt_events where {await At(Place)}", Place, "one", Reason.Missing);
        await Found($"delete from public.mt_events where ({await At(Place)}) or ({await At(Place + 1)})", Place, "two", Reason.Missing);
        await Found($"delete from public.mt_events where {await At(0)}", 0, "the first", Reason.Missing);
    }

    [Fact]
    public async Task So_is_a_tail_that_was_cut_off()
    {
        var last = history.Leaves[Acme].Length - 5;
        var from = (await history.Read(Acme))[last].Event.Position;
        await Found($"delete from public.mt_events where tenant_id = '{Acme}' and (xid, seq_id) >= ('{from.Transaction}'::xid8, {from.Sequence})", last, "the tail", Reason.Cut);
    }

    [Fact]
    public async Task So_are_two_that_changed_places()
    {
        var events = await history.Read(Acme);
        var (one, other) = (events[Place].Event, events[Place + 3].Event);
        var both = $"""
            update public.mt_events e set seq_id = case when e.seq_id = {one.Position.Sequence} then {other.Position.Sequence + 5_000_000} else {one.Position.Sequence + 5_000_000} end,
              xid = case when e.seq_id = {one.Position.Sequence} then '{other.Position.Transaction}'::xid8 else '{one.Position.Transaction}'::xid8 end
            where e.tenant_id = '{Acme}' and e.seq_id in ({one.Position.Sequence}, {other.Position.Sequence});
            update public.mt_events e set seq_id = seq_id - 5000000 where seq_id > 5000000
            """;
        await Found(both, Place, "two whole rows");
        await Found($"""
            update public.mt_events e set data = o.data, type = o.type from kept o
            where e.tenant_id = '{Acme}' and o.tenant_id = '{Acme}' and (e.seq_id, o.seq_id) in (({one.Position.Sequence}, {other.Position.Sequence}), ({other.Position.Sequence}, {one.Position.Sequence}))
            """, Place, "what two rows say");
    }

    [Fact]
    public async Task So_is_a_row_that_was_put_in()
    {
        const string copy = """
            insert into public.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, headers, user_name, xid)
            select seq_id + 7000000, gen_random_uuid(), stream_id || {0}, {1}, data, type, timestamp, tenant_id, mt_dotnet_type, headers, user_name, xid from kept where {2}
            """;
        var at = await At(Place);
        await Found(string.Format(null, copy, "'-new'", "1", at), Place + 1, "the first of a stream", Reason.Added);
        await Found(string.Format(null, copy, "''", "1000", at), Place + 1, "one more of a stream", Reason.Added);
    }

    [Fact]
    public async Task A_log_made_again_with_the_right_key_does_not_fit_what_was_signed_before()
    {
        var before = history.Leaves[Acme];
        await history.Tampered($"update public.mt_events set data = '{{}}' where {await At(Place)}", async () =>
        {
            var again = await history.ReadLeaves(Acme);
            var (old, now) = (Signed(before, before.Length - 10), Signed(again, again.Length));
            var check = await history.Check(Acme, [old, now], []);
            Assert.Equal(Reason.Differs, check.First!.Reason);
            Assert.InRange(Place, check.First.Since!.Value, check.First.Index!.Value);
            Assert.Contains("made again", check.First.Why, StringComparison.Ordinal);
            check = await history.Check(Acme, [old, now], before[..^10]);
            Assert.Equal(Place, check.First!.Index);
        });
    }

    private async Task Found(string sql, int place, string what, Reason? reason = null) => await history.Tampered(sql, async () =>
    {
        var leaves = history.Leaves[Acme];
        var check = await history.Check(Acme, [Signed(leaves, leaves.Length)], leaves);
        Assert.True(check.First is not null, $"{what} was not found.");
        Assert.True(check.First.Index == place, $"{what}: {check.First}");
        if (reason is not null) Assert.True(check.First.Reason == reason, $"{what}: {check.First}");
        Assert.Equal(place, check.Proven);

        // Without leaves it is known to lie behind the last checkpoint that fits.
        check = await history.Check(Acme, [Signed(leaves, place / 2), Signed(leaves, leaves.Length)], []);
        Assert.True(check.First is not null, $"{what} was not found without leaves.");
        Assert.True(check.First.Reason == Reason.Cut || check.First.Since <= place && check.First.Index >= place, $"{what}: {check.First}");

        // The others are as they were.
        foreach (var other in LoggedHistory.Workspaces[1..])
            Assert.Null((await history.Check(other, [Signed(history.Leaves[other], history.Leaves[other].Length)], history.Leaves[other])).First);
    });

    private async Task<string> At(int place) => $"tenant_id = '{Acme}' and seq_id = {(await history.Read(Acme))[place].Event.Position.Sequence}";

    private static (long, MerkleHash) Signed(MerkleHash[] leaves, int size) => (size, MerkleTree.Root(leaves[..size]));
}

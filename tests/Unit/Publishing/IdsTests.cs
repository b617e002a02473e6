using EventMesh.Domain;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Publishing;

public class IdsTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_795_163_400_000);

    // Times that lie close together and far apart.
    private static readonly Gen<long> Milliseconds = Gen.OneOf(Gen.Choose(0, 3).Select(n => 1_795_163_400_000 + n), Gen.Choose(0, int.MaxValue).Select(n => n * 100_000L));

    // Streams and webhook-ids already out there have these names: another digest would be another event.
    [Fact]
    public void An_id_made_from_what_it_stands_for_never_changes()
    {
        Assert.Equal("evt_5jgeex7qxfvpnandxh5304w1hs", Ids.OfEvent("/shop", "1"));
        Assert.Equal("evt_2qdr8ps8wyv8davb704r6rcrck", Ids.OfIdempotencyKey("1"));
        Assert.Equal("dlv_4xr7rqj8vwb7jzpg6az954vbhm", Ids.OfDelivery("evt_1", "rul_1", "con_1"));
    }

    [Fact]
    public void Different_things_have_different_ids()
    {
        string[] ids =
        [
            Ids.OfEvent("a", "bc"), Ids.OfEvent("ab", "c"), Ids.OfEvent("a", "b"), Ids.OfEvent("b", "a"), Ids.OfEvent("", "ab"), Ids.OfEvent("1:a", "b"),
            Ids.OfIdempotencyKey("a"), Ids.OfIdempotencyKey("ab"), Ids.OfEvent("key", "a"),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.NotEqual(Ids.OfDelivery("e", "r", "c"), Ids.OfDelivery("e", "c", "r"));
    }

    [Fact]
    public void No_two_pairs_of_source_and_id_share_one() =>
        Prop.ForAll<(NonNull<string> Source, NonNull<string> Id), (NonNull<string> Source, NonNull<string> Id)>((a, b) =>
            (a.Source.Get == b.Source.Get && a.Id.Get == b.Id.Get) == (Ids.OfEvent(a.Source.Get, a.Id.Get) == Ids.OfEvent(b.Source.Get, b.Id.Get))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_made_up_id_sorts_by_its_time() => Prop.ForAll(
        Milliseconds.Two().ToArbitrary(), Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(10).Two().ToArbitrary(), (times, chances) =>
        {
            var (first, second) = times;
            var (left, right) = (Id(first, chances.Item1), Id(second, chances.Item2));
            return first == second || first.CompareTo(second) == Math.Sign(string.CompareOrdinal(left, right));

            static string Id(long milliseconds, byte[] chance) =>
                Ids.Sortable("con_", DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds), chance);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_made_up_id_has_26_characters_and_all_of_its_chance()
    {
        var ids = Enumerable.Range(0, 10).Select(i => Ids.Sortable("rul_", At, [.. Enumerable.Range(0, 10).Select(j => (byte)(i == j ? 1 : 0))])).ToList();
        Assert.Equal(10, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^rul_[0-7][0-9a-hjkmnp-tv-z]{25}$", id));
    }

    [Theory]
    [InlineData("ab", true)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("0-", true)]
    [InlineData("-a", false)]
    [InlineData("Ab", false)]
    [InlineData("a_b", false)]
    [InlineData("a.b", false)]
    [InlineData("aé", false)]
    [InlineData("a\n", false)]
    [InlineData("a٣", false)]
    public void The_name_of_a_workspace(string? id, bool expected) => Assert.Equal(expected, Ids.IsWorkspace(id));

    [Fact]
    public void The_name_of_a_workspace_has_at_most_63_characters()
    {
        Assert.True(Ids.IsWorkspace(new string('a', 63)));
        Assert.False(Ids.IsWorkspace(new string('a', 64)));
    }
}

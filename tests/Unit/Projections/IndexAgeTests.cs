using System.Diagnostics;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Index;
using Xunit;

namespace EventMesh.Tests.Unit.Projections;

public class IndexAgeTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly IndexAge age = new();

    [Fact]
    public void Before_the_first_page_nothing_is_known() => Assert.False(age.IsCurrent);

    [Fact]
    public void A_page_with_nothing_under_way_makes_it_current()
    {
        age.Took(Page(10, 10), Ago(0));
        Assert.True(age.IsCurrent);
    }

    [Fact]
    public void A_page_that_was_read_too_long_ago_does_not()
    {
        age.Took(Page(10, 10), Ago(901));
        Assert.False(age.IsCurrent);
    }

    [Fact]
    public void A_page_behind_which_more_waits_does_not()
    {
        age.Took(Page(10, 10, full: true), Ago(0));
        Assert.False(age.IsCurrent);
    }

    [Fact]
    public void What_is_held_back_by_a_transaction_under_way_is_not_taken_for_read()
    {
        age.Took(Page(10, 15), Ago(500));
        age.Took(Page(10, 20), Ago(0));
        Assert.False(age.IsCurrent);
    }

    [Fact]
    public void When_what_was_under_way_at_one_look_has_ended_by_another_the_index_holds_what_was_stored_before_the_first()
    {
        age.Took(Page(10, 15), Ago(500));
        age.Took(Page(14, 18), Ago(300));
        Assert.False(age.IsCurrent);
        age.Took(Page(15, 20), Ago(0));
        Assert.True(age.IsCurrent);
    }

    [Fact]
    public void Busy_databases_are_followed_look_by_look()
    {
        age.Took(Page(10, 15), Ago(2000));
        age.Took(Page(15, 20), Ago(950));
        Assert.False(age.IsCurrent);
        age.Took(Page(20, 25), Ago(0));
        // As of the second look, which is too long ago; of the third only when what is under way at it has ended.
        Assert.False(age.IsCurrent);
        age.Took(Page(25, 30), Ago(0));
        Assert.True(age.IsCurrent);
    }

    [Fact]
    public async Task One_question_answers_all_that_ask_at_once()
    {
        var (asked, answer) = (0, new TaskCompletionSource<IReadOnlyDictionary<string, Position>>(TaskCreationOptions.RunContinuationsAsynchronously));
        var asking = Enumerable.Range(0, 20).Select(_ => age.Unseen(Ask, Stop)).ToArray();
        answer.SetResult(new Dictionary<string, Position> { ["acme"] = Position.Start });
        Assert.All(await Task.WhenAll(asking), unseen => Assert.True(unseen.ContainsKey("acme")));
        await age.Unseen(Ask, Stop);
        Assert.Equal(1, asked);

        Task<IReadOnlyDictionary<string, Position>> Ask()
        {
            Interlocked.Increment(ref asked);
            return answer.Task;
        }
    }

    [Fact]
    public async Task A_question_that_failed_is_asked_again()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => age.Unseen(() => Task.FromException<IReadOnlyDictionary<string, Position>>(new TimeoutException()), Stop));
        Assert.Empty(await age.Unseen(() => Task.FromResult<IReadOnlyDictionary<string, Position>>(new Dictionary<string, Position>()), Stop));
    }

    private static FeedPage Page(ulong oldest, ulong next, bool full = false) => new([], Position.Start, full, oldest != next) { Oldest = oldest, Next = next };

    private static long Ago(int milliseconds) => Stopwatch.GetTimestamp() - Stopwatch.Frequency * milliseconds / 1000;
}

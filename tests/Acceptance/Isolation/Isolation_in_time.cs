using System.Diagnostics;
using Xunit;

namespace EventMesh.Tests.Acceptance.Isolation;

/// <summary>
/// How long an answer takes tells nothing either. Both questions are asked in turns, so that whatever else the machine does happens to both; what is compared is where the
/// middle halves of the two lie. A difference that an attacker could see by asking a few hundred times moves one out of the other's reach; noise does not, or not four times.
/// Few questions are enough where the middle of each lies within the other's half. Where that is in doubt more are asked, and they decide.
/// </summary>
public sealed class Isolation_in_time(RunningMesh mesh, TwoWorkspaces two) : IClassFixture<TwoWorkspaces>
{
    private const int PairsWarming = 2;
    private const int PairsOfALook = 8;
    private const int Looks = 2;
    private const int PairsMax = 40;
    private const int PairsMin = 10;
    private const int Rounds = 4;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(0.3);

    public static TheoryData<string> InWorkspaces => [.. Operation.All.Where(o => o.InWorkspace).Select(o => o.ToString())];

    public static TheoryData<string> Named => [.. Operation.All.Where(o => o.InWorkspace && o.NamesSomething).Select(o => o.ToString())];

    public static TheoryData<string> NotForAdmins => [.. Operation.All.Where(o => o.InWorkspace && !o.Who.Contains('a') && !o.Who.Contains('f')).Select(o => o.ToString())];

    [Theory, MemberData(nameof(InWorkspaces))]
    public Task Another_workspace_takes_as_long_as_none(string asked) =>
        TakesAsLong(two.Mine.Workspace.Caller, Operation.Of(asked), two.Theirs.Here(Operation.Of(asked), two.Theirs.Workspace.Id), two.Theirs.Here(Operation.Of(asked), "there-is-none"));

    [Theory, MemberData(nameof(Named))]
    public Task An_id_of_another_workspace_takes_as_long_as_one_that_is_nowhere(string asked) =>
        TakesAsLong(two.Mine.Workspace.Caller, Operation.Of(asked), two.Theirs.Here(Operation.Of(asked), two.Mine.Workspace.Id), two.Theirs.Nowhere(Operation.Of(asked), two.Mine.Workspace.Id));

    [Theory, MemberData(nameof(NotForAdmins))]
    public Task An_admin_waits_as_long_for_a_workspace_as_for_none(string asked) =>
        TakesAsLong(mesh.Admin, Operation.Of(asked), two.Theirs.Here(Operation.Of(asked), two.Theirs.Workspace.Id), two.Theirs.Here(Operation.Of(asked), "there-is-none"));

    private static async Task TakesAsLong(Caller caller, Operation operation, string one, string other)
    {
        await Ask([], [], PairsWarming);
        var (ones, others) = (new List<double>(), new List<double>());
        var looking = Stopwatch.StartNew();
        for (var look = 0; look < Looks; look++)
        {
            await Ask(ones, others, PairsOfALook);
            var (a, b) = (Middle.Of(ones), Middle.Of(others));
            if (a.Holds(b.Median) && b.Holds(a.Median)) return;
        }
        // Some wait for what may be under way before they say that nothing is there: fewer pairs of these.
        var pairs = Math.Clamp((int)(Budget / (looking.Elapsed / ones.Count)), PairsMin, PairsMax);
        for (var round = 1; ; round++)
        {
            ones.Clear();
            others.Clear();
            await Ask(ones, others, pairs);
            var (a, b) = (Middle.Of(ones), Middle.Of(others));
            if (a.From <= b.To && b.From <= a.To) return;
            Assert.True(round < Rounds, $"{operation.Method} {one} takes {a.From:0.00} to {a.To:0.00} ms, {other} {b.From:0.00} to {b.To:0.00} ms");
        }

        async Task Ask(List<double> first, List<double> second, int count)
        {
            for (var i = 0; i < count; i++)
            {
                // Each is asked first as often as second.
                if (i % 2 == 0) first.Add(await Asked(caller, operation, one));
                second.Add(await Asked(caller, operation, other));
                if (i % 2 == 1) first.Add(await Asked(caller, operation, one));
            }
        }
    }

    private static async Task<double> Asked(Caller caller, Operation operation, string path)
    {
        var began = Stopwatch.GetTimestamp();
        await caller.Send(new(operation.Method), path, operation.Body, operation.ContentType);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    /// <summary>Where the middle half of some times lies, in milliseconds.</summary>
    private sealed record Middle(double From, double Median, double To)
    {
        public static Middle Of(List<double> times)
        {
            var sorted = times.Order().ToArray();
            return new(sorted[sorted.Length / 4], sorted[sorted.Length / 2], sorted[sorted.Length * 3 / 4]);
        }

        public bool Holds(double time) => From <= time && time <= To;
    }
}

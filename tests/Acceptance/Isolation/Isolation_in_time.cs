using System.Diagnostics;
using Xunit;

namespace EventMesh.Tests.Acceptance.Isolation;

/// <summary>
/// How long an answer takes tells nothing either. Both questions are asked in turns, so that whatever else the machine does happens to both; what is compared is where the
/// middle halves of the two lie. A difference that an attacker could see by asking a few hundred times moves one out of the other's reach; noise does not, or not three times.
/// </summary>
public sealed class Isolation_in_time(RunningMesh mesh, TwoWorkspaces two) : IClassFixture<TwoWorkspaces>
{
    private const int Pairs = 200;
    private const int Rounds = 3;

    public static TheoryData<string> Reads => ["GET /v1/workspaces/{ws}", "GET /v1/workspaces/{ws}/connections/{id}", "GET /v1/workspaces/{ws}/events/{id}", "GET /v1/workspaces/{ws}/secrets/{name}"];

    public static TheoryData<string> Named => ["GET /v1/workspaces/{ws}/connections/{id}", "GET /v1/workspaces/{ws}/rules/{id}", "GET /v1/workspaces/{ws}/events/{id}", "GET /v1/workspaces/{ws}/sources/{id}", "GET /v1/workspaces/{ws}/secrets/{name}", "GET /v1/workspaces/{ws}/streams/{stream}"];

    [Theory, MemberData(nameof(Reads))]
    public Task Another_workspace_takes_as_long_as_none(string asked) =>
        TakesAsLong(two.Mine.Workspace.Caller, two.Theirs.Here(Operation.Of(asked), two.Theirs.Workspace.Id), two.Theirs.Here(Operation.Of(asked), "there-is-none"));

    [Theory, MemberData(nameof(Named))]
    public Task An_id_of_another_workspace_takes_as_long_as_one_that_is_nowhere(string asked) =>
        TakesAsLong(two.Mine.Workspace.Caller, two.Theirs.Here(Operation.Of(asked), two.Mine.Workspace.Id), two.Theirs.Nowhere(Operation.Of(asked), two.Mine.Workspace.Id));

    [Theory, MemberData(nameof(Reads))]
    public Task An_admin_waits_as_long_for_a_workspace_as_for_none(string asked)
    {
        var operation = Operation.Of(asked);
        return operation.Who.Contains('a') ? Task.CompletedTask : TakesAsLong(mesh.Admin, two.Theirs.Here(operation, two.Theirs.Workspace.Id), two.Theirs.Here(operation, "there-is-none"));
    }

    private static async Task TakesAsLong(Caller caller, string one, string other)
    {
        for (var warm = 0; warm < 20; warm++) await Asked(caller, warm % 2 == 0 ? one : other);
        for (var round = 1; ; round++)
        {
            var (ones, others) = (new double[Pairs], new double[Pairs]);
            for (var i = 0; i < Pairs; i++)
            {
                // Each is asked first as often as second.
                if (i % 2 == 0) ones[i] = await Asked(caller, one);
                others[i] = await Asked(caller, other);
                if (i % 2 == 1) ones[i] = await Asked(caller, one);
            }
            var (a, b) = (Middle(ones), Middle(others));
            if (a.From <= b.To && b.From <= a.To) return;
            Assert.True(round < Rounds, $"{one} takes {a.From:0.00} to {a.To:0.00} ms, {other} {b.From:0.00} to {b.To:0.00} ms");
        }
    }

    private static async Task<double> Asked(Caller caller, string path)
    {
        var began = Stopwatch.GetTimestamp();
        await caller.Get(path);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static (double From, double To) Middle(double[] times)
    {
        Array.Sort(times);
        return (times[times.Length / 4], times[times.Length * 3 / 4]);
    }
}

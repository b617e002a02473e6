using System.Collections.Concurrent;
using EventMesh.Api.Edge;
using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Limits;

/// <summary>
/// Holds workspaces to their limits over all nodes. What a workspace may still use is in the database; a node draws shares of it, one round trip for as many
/// workspaces as wait, and spends them without asking. Shares are paid for when they are drawn: whatever crashes, the nodes together never spend more than
/// the plan, and no clock but the database's has a say in how much that is. What a node does not spend goes back when the workspace is idle, and when the node stops.
/// </summary>
public sealed partial class Limiter(Store store, TimeProvider clock, ILogger<Limiter> log)
{
    private const int RoundMax = 500;
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly ShareDraws draws = new(store);
    private readonly LimitNotes notes = new(store);
    private readonly ConcurrentDictionary<(string Workspace, LimitedUse Use), Account> accounts = new();
    private readonly Lock gate = new();
    private readonly Queue<Account> due = new();
    private readonly List<Unspent> unspent = [];
    private readonly SemaphoreSlim woken = new(0, 1);
    private bool drawing;

    /// <summary>What was taken.</summary>
    /// <param name="Nearest">What an answer may say of it.</param>
    public sealed record Taken(Allowance Nearest)
    {
        internal Account? Account { get; init; }
        internal string? Month { get; init; }
    }

    /// <summary>Takes <paramref name="n"/> from the limits of a use, all of it or nothing.</summary>
    /// <param name="metadata">Of the request, for the note that a limit was exceeded.</param>
    /// <exception cref="ProblemException">429: a hard limit does not allow it; 503: the workspace's plan is not known.</exception>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public async ValueTask<Taken> Take(ConfiguredWorkspace workspace, LimitedUse use, long n, EventMetadata metadata, CancellationToken stop)
    {
        var limits = workspace.Limits ?? throw NoPlan();
        while (true)
        {
            var account = Of(workspace.Id, use);
            if (account.Take(limits, n, stop, out var draw) is not { } taking) continue;
            if (draw) Draw(account);
            var answer = await taking.ConfigureAwait(false);
            foreach (var (limit, period) in answer.Exceeded) await notes.Note(workspace, limit, period, metadata).ConfigureAwait(false);
            if (!answer.Granted) throw Refusal(answer.Nearest, n);
            return new(answer.Nearest) { Account = account, Month = answer.Month };
        }
    }

    /// <summary>Whether a publish that a month refused may ask what is stored already: some times a second, so that a workspace that goes on knocking costs the others nothing.</summary>
    public bool MayLook(string workspace) => Of(workspace, LimitedUse.Publish).MayLook();

    /// <summary>Gives a month back what was taken of it and not stored.</summary>
    public void PutBack(Taken taken, long n)
    {
        if (n > 0 && taken is { Account: { } account, Month: { } month } && account.PutBack(month, n) is { } left) Keep([left]);
    }

    /// <summary>Gives back what idle workspaces left, while there is anything to give back, and all of it at the end.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await woken.WaitAsync(stop).ConfigureAwait(false);
                while (!accounts.IsEmpty || HasUnspent)
                {
                    await Task.Delay(Sweep, clock, stop).ConfigureAwait(false);
                    await GiveBack(Idle).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await GiveBack(null).ConfigureAwait(false);
        }
    }

    /// <summary>A workspace without a plan that this node knows may do nothing that is limited.</summary>
    public static ProblemException NoPlan() =>
        Problem.PlanUnknown.With("The workspace's plan is not among those that this platform has; its admin can give it another one.");

    private static ProblemException Refusal(Allowance limit, long n) => new(Problem.LimitExceeded, n > Math.Max(1, limit.Capacity)
        ? $"{n} at once are more than the {limit.Capacity} that {NameOfCapacity(limit)} ever allows; nothing was stored, send fewer together."
        : $"The limit {limit.Limit} of {limit.Allowed} is reached; nothing was stored. It fits again in {limit.RetryAfter} s.", []) { Allowance = limit };

    private static string NameOfCapacity(Allowance limit) => limit.Limit == PlanLimits.EventsPerSecondName ? PlanLimits.EventsBurstName : limit.Limit;

    private Account Of(string workspace, LimitedUse use)
    {
        if (accounts.TryGetValue((workspace, use), out var known)) return known;
        var account = accounts.GetOrAdd((workspace, use), key => new(key.Workspace, key.Use, clock));
        Wake();
        return account;
    }

    private void Wake()
    {
        lock (gate)
            if (woken.CurrentCount == 0) woken.Release();
    }

    private void Draw(Account account)
    {
        lock (gate)
        {
            due.Enqueue(account);
            if (drawing) return;
            drawing = true;
        }
        _ = Task.Run(DrawAll);
    }

    /// <summary>One round trip at a time; who comes meanwhile is part of the next.</summary>
    private async Task DrawAll()
    {
        var round = new List<Account>();
        while (true)
        {
            round.Clear();
            lock (gate)
            {
                while (round.Count < RoundMax && due.TryDequeue(out var account)) round.Add(account);
                if (round.Count == 0)
                {
                    drawing = false;
                    return;
                }
            }
            var again = await DrawRound(round).ConfigureAwait(false);
            lock (gate)
                foreach (var account in again) due.Enqueue(account);
        }
    }

    private async Task<List<Account>> DrawRound(List<Account> round)
    {
        try
        {
            var asked = round.ConvertAll(a => a.Ask());
            var drawn = await draws.Make([.. asked.SelectMany(a => a)]).ConfigureAwait(false);
            var (left, again, from) = (new List<Unspent>(), new List<Account>(), 0);
            for (var i = 0; i < round.Count; from += asked[i++].Length)
                if (round[i].Receive(drawn.AsSpan(from, asked[i].Length), left)) again.Add(round[i]);
            if (left.Count > 0)
            {
                Keep(left);
                await GiveBackKept().ConfigureAwait(false);
            }
            return again;
        }
        catch (Exception failure)
        {
            return round.FindAll(a => a.Fail(failure));
        }
    }

    private async Task GiveBack(TimeSpan? idle)
    {
        var left = new List<Unspent>();
        foreach (var (key, account) in accounts)
            if (account.Close(idle, left)) accounts.TryRemove(new(key, account));
        Keep(left);
        await GiveBackKept().ConfigureAwait(false);
    }

    private bool HasUnspent { get { lock (gate) return unspent.Count > 0; } }

    private void Keep(List<Unspent> left)
    {
        lock (gate) unspent.AddRange(left);
        if (left.Count > 0) Wake();
    }

    private async Task GiveBackKept()
    {
        Unspent[] left;
        lock (gate)
        {
            left = [.. unspent];
            unspent.Clear();
        }
        if (left.Length == 0) return;
        try
        {
            await draws.GiveBack(left).ConfigureAwait(false);
        }
        catch (StoreUnavailable away)
        {
            // It may have been given back before the answer was lost: twice would be more than the plan.
            NotGivenBack(left.Length, away.Message);
        }
    }

    [LoggerMessage(EventName = "limits.shares_lost", Level = LogLevel.Warning, Message = "Unspent shares of {limits} limits could not be given back: {reason}")]
    private partial void NotGivenBack(int limits, string reason);
}

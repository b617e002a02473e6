using EventMesh.Api.Edge;
using EventMesh.Domain.Reveals;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.RawData;

/// <summary>Records that raw data is about to be shown: what cannot be recorded is not shown.</summary>
public static class Reveals
{
    /// <param name="Reason">Why, for those who check the workspace: 10 to 500 characters. Everybody who may read its reveals sees it.</param>
    public sealed record Request(string? Reason);

    /// <exception cref="ProblemException">400.</exception>
    public static string Validated(Request request)
    {
        var checks = new Checks();
        var reason = KeptText.Reason(checks, request.Reason, RevealLimits.ReasonCharsMin, RevealLimits.ReasonCharsMax);
        checks.Done();
        return reason;
    }

    /// <returns>The reveal's id, when it is in the history.</returns>
    /// <exception cref="StoreUnavailable">It may not be, so nothing may be shown.</exception>
    public static async Task<string> Record(Store store, Call call, string of, int? attempt, string reason, CancellationToken stop)
    {
        var workspace = store.For(call.Workspace.Id);
        var id = call.NewId("rev_");
        call.Subject = of;
        await KeptText.Keep(workspace, Reveal.ReasonOf(id), reason, call.Now, stop);
        await workspace.Decide<Reveal, RevealEvent>(id, "reveal", Reveal.Initial, Reveal.Evolve,
            state => RevealDecider.Decide(new RevealCommand.RevealRawData(id, of, attempt, call.Now), state), call.Metadata(of), null, stop);
        return id;
    }

    /// <summary>Nobody on the way keeps the answer (RFC 9111 §5.2.2.5).</summary>
    public static void NotStored(HttpResponse response) => response.Headers.CacheControl = "no-store";

    public static ProblemException Gone(string what) => Problem.Expired.With($"{what} is no longer kept: the workspace's plan says for how long it is.");

    public static ProblemException Broken(string what) =>
        Problem.SealBroken.With($"{what} is there and does not open: it was changed in the database, or its data key is gone. Nothing was shown, and nothing recorded.");
}

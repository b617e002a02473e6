namespace EventMesh.Domain.Identity;

/// <param name="Kid">The thumbprint of <paramref name="Jwk"/>.</param>
public sealed record NewIssuerKey(string Kid, string Jwk);

public abstract record IssuerCommand
{
    private IssuerCommand() { }

    /// <summary>For a workspace whose issuer has no key yet. Of two nodes that ask, one wins.</summary>
    public sealed record BeginIssuing(NewIssuerKey Key, DateTimeOffset At) : IssuerCommand;

    /// <param name="OverlapSeconds">How long the new key is shown before it signs.</param>
    public sealed record RotateKey(NewIssuerKey Key, int OverlapSeconds, DateTimeOffset At) : IssuerCommand;

    /// <summary>The same, if the newest key is older than <paramref name="AgeMax"/>.</summary>
    public sealed record RotateAgedKey(NewIssuerKey Key, TimeSpan AgeMax, int OverlapSeconds, DateTimeOffset At) : IssuerCommand;

    /// <param name="Replacement">What signs at once when nothing else does.</param>
    public sealed record RetireKey(string Kid, NewIssuerKey? Replacement, DateTimeOffset At) : IssuerCommand;

    /// <summary>Retires keys whose last token has expired.</summary>
    public sealed record RetireEndedKeys(DateTimeOffset At) : IssuerCommand;
}

public static class IssuerDecider
{
    /// <exception cref="Refused">There is no such key, or there are too many.</exception>
    public static IssuerEvent[] Decide(IssuerCommand command, Issuer state) => command switch
    {
        IssuerCommand.BeginIssuing begin => state.SignerAt(begin.At) is null ? [Added(begin.Key, begin.At, begin.At)] : [],

        IssuerCommand.RotateKey rotate when IsFull(state, rotate.At) =>
            throw new Refused("issuer.too_many_keys", $"The issuer shows {Issuer.KeysMax} keys already; wait until one ends, or retire one."),
        IssuerCommand.RotateKey rotate => [Added(rotate.Key, rotate.At.AddSeconds(rotate.OverlapSeconds), rotate.At)],

        IssuerCommand.RotateAgedKey aged => IsAged(state, aged.AgeMax, aged.At) ? [Added(aged.Key, aged.At.AddSeconds(aged.OverlapSeconds), aged.At)] : [],

        IssuerCommand.RetireKey retire when state.Keys.Any(k => k.Kid == retire.Kid) => Retired(retire, state),
        IssuerCommand.RetireKey retire when state.Retired.Contains(retire.Kid) => [],
        IssuerCommand.RetireKey => throw new Refused("issuer_key.missing", "The issuer has no such key."),

        IssuerCommand.RetireEndedKeys ended => [.. state.At(ended.At).Where(k => k.State == IssuerKeyState.Ended).Select(k => new IssuerEvent.IssuerKeyRetired(k.Key.Kid, ended.At))],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name}."),
    };

    /// <summary>Whether the next key is due. Where keys age faster than their tokens end, it waits until there is room for one more.</summary>
    public static bool IsAged(Issuer state, TimeSpan ageMax, DateTimeOffset now) => state.Keys.Length > 0 && state.Keys.Max(k => k.AddedAt) + ageMax <= now && !IsFull(state, now);

    private static bool IsFull(Issuer state, DateTimeOffset now) => state.Keys.Length >= Issuer.KeysMax && state.At(now).Count(k => k.State != IssuerKeyState.Ended) >= Issuer.KeysMax;

    /// <summary>Whether a workspace whose key is retired would be left without one that signs.</summary>
    public static bool NeedsReplacement(Issuer state, string kid, DateTimeOffset now) => !state.Keys.Any(k => k.Kid != kid && k.SignsFrom <= now);

    private static IssuerEvent[] Retired(IssuerCommand.RetireKey retire, Issuer state)
    {
        var retired = new IssuerEvent.IssuerKeyRetired(retire.Kid, retire.At);
        if (!NeedsReplacement(state, retire.Kid, retire.At)) return [retired];
        return retire.Replacement is { } key ? [Added(key, retire.At, retire.At), retired]
            : throw new Refused("issuer.changed", "The issuer's keys have changed in this moment; try again.");
    }

    private static IssuerEvent.IssuerKeyAdded Added(NewIssuerKey key, DateTimeOffset signsFrom, DateTimeOffset at) => new(key.Kid, key.Jwk, signsFrom, at);
}

namespace EventMesh.Domain.Secrets;

/// <summary>What a secret was asked for.</summary>
public enum SecretPurpose { Signing, Credential, InboundVerification, Oauth, Step, Export }

/// <summary>Who used which secret for what, told once in a while and decided by nobody.</summary>
public abstract record SecretUseEvent
{
    private SecretUseEvent() { }

    /// <summary>How many runs an event names.</summary>
    public const int RunsMax = 5;

    /// <summary>One node used one version for one purpose, <paramref name="Count"/> times since it last said so, which is a minute ago at most.</summary>
    /// <param name="Secret">Its name: a workspace's own, or with slashes one of the platform's, such as <c>connections/con_…/signing</c>.</param>
    /// <param name="Runs">Some of those that used it, by the ids of deliveries or requests.</param>
    public sealed record SecretUsed(string Secret, int Version, SecretPurpose Purpose, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt, IReadOnlyList<string> Runs) : SecretUseEvent;

    /// <summary>A run asked for what is not its workspace's own.</summary>
    /// <param name="Asked">As it was asked, cut to 300 characters.</param>
    /// <param name="Count">How often since it was last told, the same for the same purpose.</param>
    public sealed record SecretAccessRefused(string Asked, SecretPurpose Purpose, string Run, long Count, DateTimeOffset At) : SecretUseEvent;
}

/// <summary>What the tellings of a stream come to.</summary>
public sealed record SecretUse(long Used, long Refused)
{
    public static readonly SecretUse Initial = new(0, 0);

    public static SecretUse Evolve(SecretUse state, SecretUseEvent happened) => happened switch
    {
        SecretUseEvent.SecretUsed used => state with { Used = state.Used + used.Count },
        SecretUseEvent.SecretAccessRefused refused => state with { Refused = state.Refused + refused.Count },
        _ => state,
    };
}

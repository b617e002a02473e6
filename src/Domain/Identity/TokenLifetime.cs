namespace EventMesh.Domain.Identity;

/// <summary>How long tokens of a workspace's issuer hold.</summary>
public static class TokenLifetime
{
    public const int SecondsMin = 60;
    public const int SecondsDefault = 15 * 60;
    public const int SecondsMax = 60 * 60;

    /// <summary>How far clocks of nodes and of those who verify may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);
}

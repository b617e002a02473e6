using EventMesh.Api.Jose;

namespace EventMesh.Api.Edge;

/// <summary>Whose a token is that somebody presented.</summary>
/// <param name="Actor">Null when it is nobody's.</param>
/// <param name="Refusal">Why a signed token is nobody's: for logs and records. Whoever presented it is not told, or they would learn whom a workspace trusts.</param>
public readonly record struct Presented(Actor? Actor, TokenRefusal? Refusal = null)
{
    public static readonly Presented Nobodys;

    public static Presented Refused(TokenRefusal refusal) => new(null, refusal);
}

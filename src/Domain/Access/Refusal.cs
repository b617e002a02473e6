namespace EventMesh.Domain.Access;

/// <summary>What was refused, as one node saw it for a while. A stream holds what was written together.</summary>
public abstract record RefusalEvent
{
    private RefusalEvent() { }

    /// <param name="Actor">Who asked: <c>key_…</c>, <c>usr_…</c>, <c>adm_…</c>; <c>unknown</c> for whoever showed nothing that is known here, <c>several</c> where there were too many to tell apart.</param>
    /// <param name="Permission">What the route needs, in snake_case; null when it was not looked at.</param>
    /// <param name="Route">The first route asked for, <c>GET /v1/workspaces/{ws}/rules/{id}</c>.</param>
    /// <param name="Resource">What the first request named inside the workspace.</param>
    /// <param name="Reason">Such as <c>role</c>, <c>other_workspace</c>, <c>tenants_data</c>, <c>no_token</c>.</param>
    /// <param name="Asked">The workspace that was asked for, when it is not the actor's. Whether there is one was not looked at.</param>
    /// <param name="TokenKind">The kind of token that was shown by somebody unknown: <c>none</c>, <c>key</c>, <c>admin</c>, <c>jwt</c>, <c>other</c>.</param>
    /// <param name="Elevation">Under which an admin asked.</param>
    /// <param name="Count">How many requests, from <paramref name="FirstAt"/> to <paramref name="LastAt"/>.</param>
    public sealed record AccessRefused(
        string Actor, string? Permission, string? Route, string? Resource, string Reason, string? Asked, string? TokenKind, string? Elevation,
        DateTimeOffset FirstAt, DateTimeOffset LastAt, long Count) : RefusalEvent;
}

public static class Refusal
{
    /// <summary>How many requests a stream tells of.</summary>
    public static long Evolve(long count, RefusalEvent happened) => happened switch
    {
        RefusalEvent.AccessRefused refused => count + refused.Count,
        _ => count,
    };
}

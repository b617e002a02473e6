namespace EventMesh.Api.Edge;

/// <summary>What a part of an answer needs beside what its route needs.</summary>
public static class AlsoNeeds
{
    /// <exception cref="ProblemException">403: the role does not have it. It is noted as a refusal, as one of the route would be.</exception>
    public static void Allow(Call call, Permission permission, HttpContext context, string resource)
    {
        var decision = Access.Authorize(call.Actor, permission, call.Workspace.Id, resource);
        if (decision.Refused is not { } refused) return;
        context.RequestServices.GetRequiredService<Refusals>().Note(call.Actor, decision, context);
        throw refused.Problem.With(refused.Detail);
    }

    /// <summary>Whether the query asks to <c>include</c> this; nothing else can be.</summary>
    /// <exception cref="ProblemException">400: it asks for something else.</exception>
    public static bool Includes(HttpContext context, string name) => context.Request.Query["include"].ToString() switch
    {
        "" => false,
        var asked when asked == name => true,
        _ => throw Problem.InvalidRequest.At("include", $"must be {name}"),
    };
}

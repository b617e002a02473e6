namespace EventMesh.Api.Edge;

/// <summary>A route that forgot to say what it needs would be open to whoever has a token: a process with such a route does not start.</summary>
public static class RouteEntries
{
    /// <exception cref="InvalidOperationException">A route under /v1 has no entry, or its permission is not in the role table.</exception>
    public static void Check(IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in routes.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            if (!IsProtected(endpoint) || endpoint.Metadata.GetMetadata<Access.Everybody>() is not null) continue;
            var needed = endpoint.Metadata.GetMetadata<Access.Needed>();
            if (needed is null) throw new InvalidOperationException($"The route {endpoint.DisplayName} says nothing of what it needs; give it .Needs(Permission.…).");
            if (!RoleTable.Has(needed.Permission)) throw new InvalidOperationException($"The route {endpoint.DisplayName} needs {needed.Permission}, which the role table does not have.");
        }
    }

    private static bool IsProtected(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart { Content: var first }] }, ..]
        && first.Equals("v1", StringComparison.OrdinalIgnoreCase);
}

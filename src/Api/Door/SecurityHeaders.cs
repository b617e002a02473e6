namespace EventMesh.Api.Door;

/// <summary>What every answer tells browsers: to take it for what it says it is, to run nothing of it, to frame it nowhere, and to keep nothing of a workspace.</summary>
public sealed class SecurityHeaders(RequestDelegate next, ClientAddress addresses)
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'";

    // The page that shows the API's description: scripts of our own alone; its drawing sets styles in place.
    private const string Page = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    public Task Invoke(HttpContext context)
    {
        var (path, headers) = (context.Request.Path, context.Response.Headers);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase) ? Page : Nothing;
        // A route that knows better says so itself.
        if (path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)) headers.CacheControl = "no-store";
        if (addresses.IsSecure(context)) headers.StrictTransportSecurity = OneYear;
        return next(context);
    }
}

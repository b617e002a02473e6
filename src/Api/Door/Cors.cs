using EventMesh.Domain.Workspaces;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Door;

/// <summary>
/// Lets web pages call the API for a workspace that names their origin (Fetch standard, CORS protocol). A preflight carries no credential, so it is answered before anybody is
/// asked for one, and says no more than that: an origin that is not listed hears the same as for a workspace that does not exist. There is no <c>*</c> and no mode with cookies.
/// </summary>
public sealed class Cors(RequestDelegate next, IndexFollower index)
{
    private const string Workspaces = "/v1/workspaces/";
    private const string Methods = "GET, POST, PUT, PATCH, DELETE";
    private const string Readable = "ETag, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset";

    /// <summary>How long a browser may remember that it may: one that was taken off the list can ask for so long, and read nothing of the answers.</summary>
    private const string RememberedSeconds = "600";

    // What the routes read, in the letters that browsers send. A published event in binary mode has its attributes in headers of its own, ce-….
    private static readonly string[] Sendable = ["authorization", "content-type", "idempotency-key", "if-match", "last-event-id", "x-correlation-id", "traceparent", "tracestate"];

    public async Task Invoke(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.Origin is [{ Length: > 0 } origin] && WorkspaceOf(request.Path.Value) is { } workspace)
        {
            context.Response.Headers.Vary = "Origin";
            var listed = index.Index.Find(workspace)?.Workspace is Workspace.Open open && open.AllowedOrigins.Contains(origin, StringComparer.Ordinal);
            if (listed) context.Response.Headers.AccessControlAllowOrigin = origin;
            if (HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0)
            {
                if (listed) Allow(request.Headers, context.Response.Headers);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
            if (listed) context.Response.Headers.AccessControlExposeHeaders = Readable;
        }
        await next(context).ConfigureAwait(false);
    }

    private static void Allow(IHeaderDictionary asked, IHeaderDictionary answer)
    {
        answer.AccessControlAllowMethods = Methods;
        answer.AccessControlMaxAge = RememberedSeconds;
        var names = asked.AccessControlRequestHeaders.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(name => Sendable.Contains(name, StringComparer.OrdinalIgnoreCase) || IsAttribute(name));
        if (string.Join(", ", names) is { Length: > 0 } allowed) answer.AccessControlAllowHeaders = allowed;
    }

    private static bool IsAttribute(string name) => name.StartsWith("ce-", StringComparison.OrdinalIgnoreCase) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>From the path alone: no route answers to OPTIONS.</summary>
    private static string? WorkspaceOf(string? path)
    {
        if (path is null || !path.StartsWith(Workspaces, StringComparison.OrdinalIgnoreCase)) return null;
        var rest = path.AsSpan(Workspaces.Length);
        var end = rest.IndexOf('/');
        return (end < 0 ? rest : rest[..end]) is { Length: > 0 } workspace ? workspace.ToString() : null;
    }
}

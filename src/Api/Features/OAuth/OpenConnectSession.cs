using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Api.OAuth;
using EventMesh.Domain.Workspaces;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.OAuth;

/// <summary>The page behind a connect session's link, and its one button. Open: whoever comes proves by the link that it was given to them; it opens nothing under /v1.</summary>
public static class OpenConnectSession
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connect/{token}", Show).ExcludeFromDescription();
        routes.MapPost("/connect/{token}", Begin).ExcludeFromDescription();
    }

    private static async Task Show(string token, HttpContext context, ConnectSessions sessions, Askers askers, BeginAuthorization begin, IndexFollower index)
    {
        if (await Find(token, context, sessions, askers, begin) is not var (session, with)) return;
        var name = index.Index.Find(session.Workspace)?.Workspace is Workspace.Open open ? open.Name : session.Workspace;
        var scopes = session.Scopes.Count == 0 ? "<dd>What the provider gives by itself</dd>" : string.Concat(session.Scopes.Select(s => $"<dd>{PlainPage.Text(s)}</dd>"));
        await PlainPage.Write(context, StatusCodes.Status200OK, $"Connect {with.Provider.Name}", $"""
            <p><strong>{PlainPage.Text(name)}</strong> asks to be connected to your account at <strong>{PlainPage.Text(with.Provider.Name)}</strong>. You can say no there.</p>
            <dl><dt>Connection</dt><dd>{PlainPage.Text(with.Name)}</dd><dt>It asks for</dt>{scopes}</dl>
            <form method="post"><button type="submit">Continue to {PlainPage.Text(with.Provider.Name)}</button></form>
            """);
    }

    private static async Task Begin(string token, HttpContext context, ConnectSessions sessions, Askers askers, BeginAuthorization begin, PublicAddress address)
    {
        // Another site's form is no press of our button: whoever was led here is shown first what would be connected (Fetch Metadata; browsers set it, and no page can).
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin"))
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = address.Root + context.Request.Path;
            return;
        }
        if (await Find(token, context, sessions, askers, begin) is not var (session, with)) return;
        string url;
        try
        {
            url = (await begin.Run(session.Workspace, session.Connection, with, session.Scopes, session.CreatedBy, session.Id, ConnectCookie.Set(context, address.Root), session.ReturnTo, null, context.RequestAborted)).AbsoluteUri;
        }
        catch (ProblemException)
        {
            await PlainPage.Write(context, StatusCodes.Status409Conflict, "Not ready", $"<p>{PlainPage.Text(with.Provider.Name)} cannot be asked at the moment. Tell whoever gave you this link.</p>");
            return;
        }
        // Not a redirect: browsers hold those that follow a form to form-action, and a provider may lead on to anywhere.
        context.Response.Headers["Refresh"] = "0; url=" + url;
        await PlainPage.Write(context, StatusCodes.Status200OK, $"To {with.Provider.Name}", $"<p><a href=\"{PlainPage.Text(url)}\" rel=\"noreferrer\">Continue to {PlainPage.Text(with.Provider.Name)}</a></p>");
    }

    private static async Task<(OpenSession, Authorizable)?> Find(string token, HttpContext context, ConnectSessions sessions, Askers askers, BeginAuthorization begin)
    {
        // Whoever reads traces is not who was given the link.
        System.Diagnostics.Activity.Current?.SetTag("url.path", "/connect/{token}");
        try
        {
            if (await sessions.Find(token, context.RequestAborted) is { } session && await askers.Stand(session.Workspace, session.CreatedBy, context.RequestAborted))
                return (session, await begin.Find(session.Workspace, session.Connection, context.RequestAborted));
        }
        catch (ProblemException)
        {
            // The connection is gone, or not what the link was made for: for whoever has the link that is the same as no link.
        }
        await PlainPage.Refuse(context, StatusCodes.Status404NotFound, "Nothing to connect", "This link is not, or no longer, valid. Ask for a new one.", token, "link");
        return null;
    }
}

using EventMesh.Api.Door;
using EventMesh.Api.Issuing;
using EventMesh.Api.OAuth;

namespace EventMesh.Api.Features.OAuth;

/// <summary>Where providers send people back to. Open: whoever comes proves by the state that they were sent.</summary>
public static class OAuthCallback
{
    private const int ValueCharsMax = 8 * 1024;
    private const string Title = "Not connected";
    private const string Address = "/oauth/callback";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Address, Handle).ExcludeFromDescription();

    private static async Task Handle(HttpContext context, EndAuthorization end, PublicAddress address)
    {
        // Routes are found also with a slash at their end, and in whatever letters; what providers were told is this and nothing else.
        if (context.Request.Path.Value != Address)
        {
            await PlainPage.Write(context, StatusCodes.Status404NotFound, Title, "<p>There is nothing here.</p>");
            return;
        }
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in context.Request.Query)
        {
            // A parameter that is there twice means two things (RFC 6749 §3.1).
            if (values.Count != 1 || values[0] is not { Length: <= ValueCharsMax } value)
            {
                await Failed(context, new(400, "This link is not, or no longer, valid. Start again from where you came."));
                return;
            }
            query[name] = value;
        }
        var ended = await end.Run(query, ConnectCookie.Of(context, address.Root), ClientAddress.From(context), context.RequestAborted);
        ConnectCookie.Clear(context, address.Root);
        switch (ended)
        {
            case AuthorizationEnd.Connected { Asked: { Asked.ReturnTo: { } returnTo } asked }:
                Return(context, returnTo, asked.Connection, null);
                break;
            case AuthorizationEnd.Connected connected:
                await PlainPage.Write(context, StatusCodes.Status200OK, $"Connected to {connected.ProviderName}", "<p>You can close this window.</p>");
                break;
            case AuthorizationEnd.Failed { Asked: { Asked.ReturnTo: { } returnTo } asked } failed:
                Return(context, returnTo, asked.Connection, failed.Text);
                break;
            case AuthorizationEnd.Failed failed:
                await Failed(context, failed);
                break;
        }
    }

    private static void Return(HttpContext context, string returnTo, string connection, string? error)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = ReturnTo.With(returnTo, connection, error);
    }

    private static Task Failed(HttpContext context, AuthorizationEnd.Failed failed) => failed.Asked is null ? PlainPage.Refuse(context, failed.Status, Title, failed.Text, context.Request.Query["state"], "state") : PlainPage.Write(context, failed.Status, Title, $"<p>{PlainPage.Text(failed.Text)}</p>");
}

namespace EventMesh.Api.OAuth;

/// <summary>
/// Binds the way to a provider and back to one browser, for connect sessions: whoever lures somebody else to the callback with a state of their own finds the cookie missing there.
/// A start over the API has none, because the link may be opened by another browser than the one that called.
/// </summary>
internal static class ConnectCookie
{
    /// <returns>SHA-256 of what the browser will bring.</returns>
    public static string Set(HttpContext context, string root)
    {
        var value = OneTimeText.New();
        var secure = IsSecure(root);
        context.Response.Cookies.Append(Name(secure), value, new CookieOptions
        {
            Secure = secure, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = AuthorizationStates.Lasts, IsEssential = true,
        });
        return OneTimeText.Sha256(value)!;
    }

    public static string? Of(HttpContext context, string root) => context.Request.Cookies[Name(IsSecure(root))];

    public static void Clear(HttpContext context, string root) =>
        context.Response.Cookies.Delete(Name(IsSecure(root)), new CookieOptions { Secure = IsSecure(root), HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" });

    private static bool IsSecure(string root) => root.StartsWith("https://", StringComparison.Ordinal);

    // Browsers take the __Host- prefix by TLS only; without it no subdomain's cookie is kept out, which plain http could not do either.
    private static string Name(bool secure) => secure ? "__Host-eventmesh-connect" : "eventmesh-connect";
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;

namespace EventMesh.Api.OAuth;

/// <summary>The few pages that people see on their way to a provider and back: no script, nothing loaded, nothing kept, in nobody's frame.</summary>
internal static class PlainPage
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;color:#1a1d21}h1{font-size:1.4rem}button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f5fd6;color:#fff;cursor:pointer}dt{color:#5b6470}dd{margin:0 0 .6rem}";

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <param name="body">HTML; what comes from others is encoded with <see cref="Text"/>.</param>
    public static async Task Write(HttpContext context, int status, string title, string body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        // The address of a page here may open something.
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        await response.WriteAsync($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>{Text(title)}</title><style>{Style}</style></head>
            <body><h1>{Text(title)}</h1>
            {body}
            </body></html>

            """, context.RequestAborted);
    }

    /// <summary>The answer to a state or link that nobody was given, or that opens nothing any more: written down, and slower and slower for who tries many.</summary>
    /// <param name="tried">Null for none.</param>
    /// <param name="kind">What it would be: <c>link</c> or <c>state</c>.</param>
    public static Task Refuse(HttpContext context, int status, string title, string text, string? tried, string kind)
    {
        var services = context.RequestServices;
        var slowed = services.GetRequiredService<FailedAttempts>().IsSlowed(context, tried is null ? null : FailedAttempts.Prefix(tried));
        services.GetRequiredService<Refusals>().NoteUnknown(slowed ? Refusals.Slowed : "unknown_" + kind, kind, context);
        return !slowed ? Write(context, status, title, $"<p>{Text(text)}</p>") : Write(context, StatusCodes.Status429TooManyRequests, "Later", "<p>Too many links that are not valid were tried from here. Try again in a minute.</p>");
    }

    public static string Text(string text) => HtmlEncoder.Default.Encode(text);
}

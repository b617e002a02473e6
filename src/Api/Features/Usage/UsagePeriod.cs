using System.Globalization;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Features.Usage;

internal static class UsagePeriod
{
    /// <summary>The month that the query asks for; the present one when it asks for none.</summary>
    public static string Of(HttpContext context, Call call, Checks checks)
    {
        var text = context.Request.Query["period"].ToString();
        if (text.Length == 0) return call.Now.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        checks.That(text.Length == 7 && DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "period", "must be a month such as 2026-11");
        return text;
    }
}

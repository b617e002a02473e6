using System.Buffers.Text;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace EventMesh.Api.Edge;

/// <summary>Which part of a list is asked for: <c>limit</c> (1 to 200, 50 by default) and <c>cursor</c>. Handlers take it as a parameter.</summary>
/// <param name="After">What the cursor says: the last item of the page before; null for the first page.</param>
public sealed record Page(int Limit, string? After)
{
    public const int LimitDefault = 50;
    public const int LimitMax = 200;
    private const int CursorCharsMax = 512;

    /// <exception cref="ProblemException">The query is wrong.</exception>
    public static ValueTask<Page?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var query = context.Request.Query;
        return new(new Page(Query.Integer(query, "limit", LimitDefault, 1, LimitMax), Decoded(query["cursor"])));
    }

    /// <summary>One page of items that are sorted by <paramref name="key"/>.</summary>
    /// <param name="found">The items after <see cref="After"/>: all, or at least one more than the limit.</param>
    public Listed<T> Of<T>(IReadOnlyList<T> found, Func<T, string> key) =>
        found.Count <= Limit ? new(found, null) : new([.. found.Take(Limit)], Cursor(key(found[Limit - 1])));

    public static string Cursor(string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    private static string? Decoded(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return null;
        if (cursor.Length <= CursorCharsMax && Base64Url.IsValid(cursor)) return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        throw Problem.InvalidRequest.At("cursor", "is not one that a list gave as next");
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Next">The <c>cursor</c> of the next page; null after the last.</param>
public sealed record Listed<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Values of the query.</summary>
public static class Query
{
    /// <exception cref="ProblemException">It is not an integer in that range.</exception>
    public static int Integer(IQueryCollection query, string name, int otherwise, int min, int max)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value
            : throw Problem.InvalidRequest.At(name, string.Create(CultureInfo.InvariantCulture, $"must be an integer from {min} to {max}"));
    }
}

using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Domain.Workspaces;
using EventMesh.Projections.Index;

namespace EventMesh.Api.OAuth;

/// <summary>Where a person is led when a connection is authorized: to a page of the workspace's own, or to none.</summary>
internal static class ReturnTo
{
    /// <returns>As it was given; null for none.</returns>
    public static string? Validated(string? given, ConfiguredWorkspace workspace, Checks checks)
    {
        if (given is null) return null;
        const string Field = "return_to";
        if (given.Length > AddressGuard.UrlCharsMax || !Uri.TryCreate(given, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.UserInfo.Length > 0)
            checks.Add(Field, $"must be an absolute URL of at most {AddressGuard.UrlCharsMax} characters, https:// or http://");
        else checks.That(workspace.Workspace is Workspace.Open open && open.AllowedOrigins.Contains(url.GetLeftPart(UriPartial.Authority), StringComparer.Ordinal), Field, "is not at one of the workspace's allowed origins");
        return given;
    }

    /// <summary>The address with what became of it.</summary>
    public static string With(string address, string connection, string? error)
    {
        var fragment = address.IndexOf('#', StringComparison.Ordinal);
        var (front, back) = fragment < 0 ? (address, "") : (address[..fragment], address[fragment..]);
        return $"{front}{(front.Contains('?', StringComparison.Ordinal) ? '&' : '?')}connection={Uri.EscapeDataString(connection)}&result={(error is null ? "authorized" : "failed")}{back}";
    }
}

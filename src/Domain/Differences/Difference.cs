using System.Text.Json;

namespace EventMesh.Domain.Differences;

/// <summary>One place in which two JSON values differ.</summary>
/// <param name="Path">
/// Where: <c>config.headers.X-A</c>; a member whose name is not made of letters, digits, <c>_</c>, <c>-</c> and <c>$</c> stands as a JSON string in brackets:
/// <c>roles["a.b"]</c>. Empty for the whole.
/// </param>
/// <param name="Before">Null when it was not there; a JSON null is a value.</param>
/// <param name="After">Null when it is not there any more.</param>
public readonly record struct Difference(string Path, JsonElement? Before, JsonElement? After);

using System.Text;
using System.Text.Unicode;
using EventMesh.Api.Edge;
using Microsoft.AspNetCore.WebUtilities;

namespace EventMesh.Api.Issuing;

/// <summary>What a client sends to an endpoint of OAuth: <c>application/x-www-form-urlencoded</c>, each parameter once. One without a value counts as left out (RFC 6749 §3.2).</summary>
public sealed class TokenForm
{
    public const int BytesMax = 16 * 1024;
    public const int ParametersMax = 32;

    private readonly Dictionary<string, string> parameters = new(StringComparer.Ordinal);

    private TokenForm() { }

    public string? this[string name] => parameters.GetValueOrDefault(name);

    /// <exception cref="OAuthRefusal">It is no such form.</exception>
    public string Required(string name) => this[name] ?? throw OAuthRefusal.Request($"{name} is required.");

    /// <exception cref="OAuthRefusal">It is no such form.</exception>
    /// <exception cref="ProblemException">It is too large, or comes too slowly.</exception>
    public static async Task<TokenForm> Read(HttpRequest request)
    {
        if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw OAuthRefusal.Request("Send application/x-www-form-urlencoded.");
        using var body = await ReceivedBody.Read(request, BytesMax).ConfigureAwait(false);
        if (!Utf8.IsValid(body.Bytes.Span)) throw OAuthRefusal.Request("The body is not valid UTF-8.");
        return Of(Encoding.UTF8.GetString(body.Bytes.Span));
    }

    /// <exception cref="OAuthRefusal">A parameter is there twice, or there are too many.</exception>
    public static TokenForm Of(string encoded)
    {
        var form = new TokenForm();
        foreach (var pair in new QueryStringEnumerable(encoded))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if (!form.parameters.TryAdd(name, value)) throw OAuthRefusal.Request("A parameter is there twice.");
            if (form.parameters.Count > ParametersMax) throw OAuthRefusal.Request($"There are more than {ParametersMax} parameters.");
        }
        foreach (var name in form.parameters.Where(p => p.Value.Length == 0).Select(p => p.Key).ToList()) form.parameters.Remove(name);
        return form;
    }
}

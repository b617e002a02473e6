using System.Text.Json;

namespace EventMesh.Connectors.OAuth;

/// <summary>Reads where a provider is reached from its own document: OpenID Connect Discovery 1.0 §3, with RFC 8414's and RFC 9207's members.</summary>
internal static class Discovery
{
    /// <returns>The endpoints; or why there are none, as the end of a sentence.</returns>
    public static Reached Read(Provider provider, IReadOnlyDictionary<string, string> values, Fetched fetched)
    {
        if (fetched is not Fetched.Answer { Status: 200 } answer) return new(null, $"the provider's discovery document cannot be read: {(fetched is Fetched.Answer other ? $"HTTP {other.Status}" : ((Fetched.Failed)fetched).Error)}");
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            var root = json.RootElement;
            // §4.3: whoever answers for another issuer answers for nobody.
            var issuer = Template.Fill(provider.Issuer ?? "{issuer}", values.GetValueOrDefault);
            if (Text(root, "issuer") != issuer) return new(null, "the provider's discovery document names another issuer");
            if (Address(root, "authorization_endpoint", issuer) is not { } authorize || Address(root, "token_endpoint", issuer) is not { } token) return new(null, "the provider's discovery document lacks an endpoint");
            var says = root.TryGetProperty("authorization_response_iss_parameter_supported", out var iss) && iss.ValueKind == JsonValueKind.True;
            return new(new(authorize, token, Address(root, "revocation_endpoint", issuer), issuer, says, values), null);
        }
        catch (Exception unfit) when (unfit is JsonException or InvalidOperationException)
        {
            return new(null, "the provider's discovery document is not a JSON object");
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // An issuer that is reached by TLS leads nowhere that is not.
    private static Uri? Address(JsonElement root, string name, string issuer) =>
        Uri.TryCreate(Text(root, name), UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && issuer.StartsWith("http://", StringComparison.Ordinal))) && url.Fragment.Length == 0
            ? url : null;
}

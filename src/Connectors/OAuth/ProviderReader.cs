using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EventMesh.Connectors.OAuth;

/// <summary>Reads a provider's YAML file; docs/oauth.md says what may stand in it.</summary>
public static class ProviderReader
{
    private const string Bearer = "Bearer {access_token}";

    /// <param name="file">Its name, for errors; its stem is the provider's id.</param>
    /// <exception cref="ProviderRefused">It is not such a file.</exception>
    public static Provider Read(string file, string yaml)
    {
        var id = Path.GetFileNameWithoutExtension(file);
        if (!Providers.IsId(id)) throw new ProviderRefused(file, "", "must be named with 2 to 32 of a-z, 0-9, - and _, beginning with a letter");
        var fields = new YamlFields(file, "", Root(file, yaml));
        var parameters = Parameters(fields.Section("parameters"));
        var discovery = fields.Text("discovery");
        var (authorize, token, revoke, scopes, answer, metadata, callback, placement) = (
            fields.Section("authorize"), fields.Section("token"), fields.Section("revoke"), fields.Section("scopes"), fields.Section("answer"), fields.Section("metadata"),
            fields.Section("callback"), fields.Section("placement"));
        var provider = new Provider(
            id, fields.Required("name"),
            new(discovery is null ? authorize.Required("url") : authorize.Text("url"), authorize.Map("parameters")),
            new(discovery is null ? token.Required("url") : token.Text("url"), Format(token), Client(token, ClientProof.Basic), token.Map("headers"), token.Map("exchange"), token.Map("refresh"), token.List("ended")),
            Revoke(revoke, discovery is not null),
            new(scopes.Text("parameter") ?? "scope", scopes.Text("separator") ?? " ", scopes.Text("answer_separator") ?? scopes.Text("separator") ?? " ", scopes.List("default")),
            fields.OneOf("pkce", false, ("S256", true), ("none", false)), discovery, fields.Text("issuer"), fields.Flag("issuer_required"), parameters,
            new(answer.List("access_token", "access_token"), answer.List("refresh_token", "refresh_token"), answer.List("expires_in", "expires_in"), answer.List("scope", "scope"), answer.Text("ok"), answer.List("keep")),
            fields.Seconds("lifetime_seconds"),
            metadata.IsThere ? new(metadata.Required("url"), metadata.Map("headers"), metadata.List("keep")) : null,
            new(callback.Flag("hmac"), callback.List("same")),
            new(placement.Text("header") ?? "Authorization", placement.Text("value") ?? Bearer));
        fields.Done();
        Check(fields, provider);
        return provider;
    }

    private static YamlNode Root(string file, string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 1 ? stream.Documents[0].RootNode : throw new ProviderRefused(file, "", "must be one YAML document");
        }
        catch (YamlException malformed)
        {
            throw new ProviderRefused(file, "", $"is not YAML at line {malformed.Start.Line}: {malformed.Message}");
        }
    }

    private static RevokeStep? Revoke(YamlFields fields, bool discovered)
    {
        if (!fields.IsThere && !discovered) return null;
        var members = fields.Map("parameters");
        return new(discovered ? fields.Text("url") : fields.Required("url"), fields.OneOf("method", "POST", ("POST", "POST"), ("DELETE", "DELETE")), Format(fields), Client(fields, ClientProof.Basic), fields.Map("headers"),
            members.Count > 0 ? members : new Dictionary<string, string> { ["token"] = "{token}" });
    }

    private static BodyFormat Format(YamlFields fields) => fields.OneOf("body", BodyFormat.Form, ("form", BodyFormat.Form), ("json", BodyFormat.Json), ("none", BodyFormat.None));

    private static ClientProof Client(YamlFields fields, ClientProof otherwise) =>
        fields.OneOf("client", otherwise, ("basic", ClientProof.Basic), ("post", ClientProof.Post), ("none", ClientProof.None));

    private static Dictionary<string, ProviderParameter> Parameters(YamlFields fields)
    {
        var parameters = new Dictionary<string, ProviderParameter>(StringComparer.Ordinal);
        foreach (var name in fields.Names.ToArray())
        {
            var one = fields.Section(name);
            var parameter = new ProviderParameter(one.Required("description"), one.Required("pattern"), one.Text("default"));
            try
            {
                if (!Template.Matches(parameter.Pattern, parameter.Default ?? "") && parameter.Default is not null) throw one.Wrong("default", "does not match the pattern");
            }
            catch (Exception wrong) when (wrong is RegexParseException or NotSupportedException)
            {
                throw one.Wrong("pattern", "is not a regular expression that can be matched in linear time");
            }
            parameters[name] = parameter;
        }
        return parameters;
    }

    /// <summary>What no member says alone: every placeholder has something to fill it, and what is called is called by TLS.</summary>
    private static void Check(YamlFields fields, Provider provider)
    {
        string[] declared = [.. provider.Parameters.Keys];
        string[] held = [.. declared, "access_token", "token", "client_id", "client_secret", .. provider.Answer.Keep, .. provider.Metadata?.Keep ?? []];
        Url("authorize.url", provider.Authorize?.Url, declared);
        Url("token.url", provider.Token.Url, declared);
        Url("revoke.url", provider.Revoke?.Url, held);
        Url("metadata.url", provider.Metadata?.Url, held);
        Filled("discovery", provider.Discovery, declared);
        Filled("issuer", provider.Issuer, declared);
        Filled("placement.value", provider.Placement.Format, held);
        foreach (var (name, value) in provider.Revoke?.Parameters ?? new Dictionary<string, string>()) Filled($"revoke.parameters.{name}", value, held);
        foreach (var (name, value) in provider.Revoke?.Headers ?? new Dictionary<string, string>()) Filled($"revoke.headers.{name}", value, held);
        if (provider.Placement.Header != "Authorization" && HeaderRules.Check(provider.Placement.Header, "") is { } reason) throw fields.Wrong("placement.header", $"is refused: {reason}");
        if (provider.Callback.Same.FirstOrDefault(s => !declared.Contains(s)) is { } unknown) throw fields.Wrong("callback.same", $"names {unknown}, which is not among parameters");
        if (provider.Token.Body == BodyFormat.None) throw fields.Wrong("token.body", "must be form or json");

        void Url(string name, string? url, string[] fillers)
        {
            if (url is null) return;
            if (!url.StartsWith("https://", StringComparison.Ordinal) && !url.StartsWith("http://127.0.0.1", StringComparison.Ordinal)) throw fields.Wrong(name, "must begin with https://");
            Filled(name, url, fillers);
        }

        void Filled(string name, string? text, string[] fillers)
        {
            if (text is not null && Template.Names(text).FirstOrDefault(n => !fillers.Contains(n)) is { } hole) throw fields.Wrong(name, $"has {{{hole}}}, which is not among parameters");
        }
    }
}

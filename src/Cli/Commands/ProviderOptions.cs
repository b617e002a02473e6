using System.CommandLine;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Commands;

/// <summary>What is believed of an identity provider's tokens, as options.</summary>
internal sealed class ProviderOptions
{
    private readonly Option<string[]> audiences = new("--audience") { Description = "What its tokens for EventMesh have in aud; may be repeated.", HelpName = "AUDIENCE", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> algorithms = new("--algorithm") { Description = "What it may sign with; may be repeated. RS256 and ES256 by default.", HelpName = "ALG", DefaultValueFactory = _ => [] };
    private readonly Option<string?> rolesClaim = new("--roles-claim") { Description = "Where its tokens have roles or groups: realm_access.roles, or a JSON pointer.", HelpName = "PATH" };
    private readonly Option<string[]> roles = new("--role") { Description = "What a value there means here: admins=operator,developer; may be repeated.", HelpName = "VALUE=ROLES", DefaultValueFactory = _ => [] };
    private readonly Option<string?> tenantClaim = new("--tenant-claim") { Description = "Where its tokens say whose they are; tenant_id by default.", HelpName = "PATH" };
    private readonly Option<string?> tenantValue = new("--tenant-value") { Description = "What must be there; the workspace's id by default.", HelpName = "VALUE" };
    private readonly Option<bool?> requireTenant = new("--require-tenant-id") { Description = "Whether a token that does not say is refused; true by default.", HelpName = "true|false" };

    public IEnumerable<Option> All => [audiences, algorithms, rolesClaim, roles, tenantClaim, tenantValue, requireTenant];

    public JsonObject Read(Call call)
    {
        var body = new JsonObject();
        if (call.Given(audiences) is { Length: > 0 } some) body["audiences"] = Strings(some);
        if (call.Given(algorithms) is { Length: > 0 } named) body["algorithms"] = Strings(named);
        if (call.Value(rolesClaim) is { } claim) body["roles_claim"] = claim;
        if (call.Given(roles) is { Length: > 0 } mapped) body["roles"] = Mapped(mapped);
        if (call.Value(tenantClaim) is { } tenant) body["tenant_claim"] = tenant;
        if (call.Value(tenantValue) is { } value) body["tenant_value"] = value;
        if (call.Value(requireTenant) is { } required) body["require_tenant_id"] = required;
        return body;
    }

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    // The value may hold an equals sign of its own; roles do not.
    private static JsonObject Mapped(string[] given)
    {
        var roles = new JsonObject();
        foreach (var one in given)
        {
            var at = one.LastIndexOf('=');
            if (at <= 0 || at == one.Length - 1) throw Failure.Usage($"`{Readable.Line(one)}` is not VALUE=ROLES", "Such as --role admins=operator,developer.");
            roles[one[..at]] = Strings(one[(at + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return roles;
    }
}

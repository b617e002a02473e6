using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;

namespace EventMesh.Api.Edge;

/// <summary>A merge patch (RFC 7396): members that are left out stay, null takes away. Handlers take it as a parameter.</summary>
public sealed class Patch : IEndpointParameterMetadataProvider
{
    private readonly JsonObject members;

    private Patch(JsonObject members) => this.members = members;

    /// <summary><c>enabled</c>, <c>disabled</c>, or null when it is to stay.</summary>
    public string? Status { get; private set; }

    public bool Has(string member) => members.ContainsKey(member);

    /// <summary>The strings of a list, as far as it is one.</summary>
    public IEnumerable<string?> Texts(string member) => members[member] is JsonArray list
        ? list.Select(i => i?.GetValueKind() == JsonValueKind.String ? i.GetValue<string>() : null)
        : [];

    public static async ValueTask<Patch?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        using var received = await ReceivedBody.Read(context.Request, JsonBody.BytesMax).ConfigureAwait(false);
        return new(JsonBody.Read<JsonObject>(received.Bytes.Span));
    }

    /// <exception cref="ProblemException">It has other members, or a status that there is not.</exception>
    public void Only(ReadOnlySpan<string> changeable)
    {
        var checks = new Checks();
        foreach (var (name, _) in members)
            checks.That(changeable.Contains(name), name, $"cannot be changed; {string.Join(", ", changeable.ToArray())} can");
        if (members.TryGetPropertyValue("status", out var status))
        {
            Status = status?.GetValueKind() == JsonValueKind.String ? status.GetValue<string>() : "";
            checks.That(Status is "enabled" or "disabled", "status", "must be enabled or disabled");
        }
        checks.Done();
    }

    /// <summary>What is there, with the patch applied to it, read as if it had been sent whole.</summary>
    public T Onto<T>(T present) where T : class
    {
        var merged = JsonSerializer.SerializeToNode(present, EdgeJson.Options)!.AsObject();
        Merge(merged, members);
        merged.Remove("status");
        return JsonBody.Read<T>(merged);
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is JsonObject inner && target[name] is JsonObject present) Merge(present, inner);
            else if (value is null) target.Remove(name);
            else target[name] = value.DeepClone();
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json", "application/merge-patch+json"], typeof(JsonObject)));
}

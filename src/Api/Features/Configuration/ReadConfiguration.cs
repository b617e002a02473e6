using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Features.Configuration;

/// <summary>All that a workspace is configured with, now or at a past moment.</summary>
public static class ReadConfiguration
{
    public static void Map(RouteGroupBuilder configuration) => configuration.MapGet("", Handle).Needs(Permission.ReadHistory).WithMoment()
        .WithName("getConfiguration").WithSummary("Read the whole configuration, now or at a past moment")
        .WithDescription("One JSON document with sorted members and no secrets: the same bytes whenever the same configuration is asked for.").Produces<ConfigurationShape>();

    private static async Task Handle(Call call, HttpContext context)
    {
        var moment = await Moment.InHistory(call, context, "at");
        var document = await ConfigurationDocument.Read(moment.Past!, context.RequestAborted);
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, EdgeJson.Writing);
        document.Write(json);
    }
}

/// <summary>The shape of <see cref="ConfigurationDocument"/>, for the description of the API. Things by id; event types and secrets by name, OAuth apps by provider.</summary>
public sealed record ConfigurationShape(
    IReadOnlyDictionary<string, JsonElement> Connections, IReadOnlyDictionary<string, JsonElement> EventTypes, IReadOnlyDictionary<string, JsonElement> IdentityProviders, JsonElement Issuer,
    IReadOnlyDictionary<string, JsonElement> Keys, IReadOnlyDictionary<string, JsonElement> Members, IReadOnlyDictionary<string, JsonElement> OauthApps,
    IReadOnlyDictionary<string, JsonElement> Rules, IReadOnlyDictionary<string, JsonElement> Secrets, IReadOnlyDictionary<string, JsonElement> ServiceAccounts,
    IReadOnlyDictionary<string, JsonElement> SigningSecrets, IReadOnlyDictionary<string, JsonElement> Sources, JsonElement Workspace);

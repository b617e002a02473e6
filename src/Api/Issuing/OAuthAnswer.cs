using System.Text.Json;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Issuing;

/// <summary>Answers of the endpoints of OAuth: JSON that no cache keeps.</summary>
internal static class OAuthAnswer
{
    /// <summary>Runs an endpoint and answers, whether it gives an answer or a refusal.</summary>
    /// <param name="write">Writes the members of the answer; null for an answer without a body.</param>
    public static async Task Run(HttpContext context, Func<Task<Action<Utf8JsonWriter>?>> handle)
    {
        try
        {
            await Write(context, StatusCodes.Status200OK, await handle().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OAuthRefusal refused)
        {
            await Write(context, refused).ConfigureAwait(false);
        }
        catch (ProblemException refused) when (refused.Problem.Status is >= 400 and < 500)
        {
            await Write(context, OAuthRefusal.Request(refused.Message, refused.Problem.Status)).ConfigureAwait(false);
        }
    }

    private static async Task Write(HttpContext context, OAuthRefusal refused)
    {
        if (context.Features.Get<RequestFacts>() is { } facts) facts.Problem = refused.Error;
        // RFC 6749 §5.2: the scheme that was tried, to whoever tried one.
        if (refused.Status == StatusCodes.Status401Unauthorized && context.Request.Headers.Authorization.Count > 0) context.Response.Headers.WWWAuthenticate = "Basic realm=\"eventmesh\", charset=\"UTF-8\"";
        await Write(context, refused.Status, json =>
        {
            json.WriteString("error"u8, refused.Error);
            json.WriteString("error_description"u8, refused.Message);
        }).ConfigureAwait(false);
    }

    private static async Task Write(HttpContext context, int status, Action<Utf8JsonWriter>? write)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        if (write is null) return;
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter, EdgeJson.Writing);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }
}

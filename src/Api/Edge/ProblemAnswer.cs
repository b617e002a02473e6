using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EventMesh.Domain;
using EventMesh.EventStore;
using EventMesh.EventStore.Sealing;
using Npgsql;

namespace EventMesh.Api.Edge;

/// <summary>
/// Turns whatever ended a request into Problem Details (RFC 9457). The one place that knows which failure becomes which status;
/// the text of our own exceptions stays in the log.
/// </summary>
public sealed partial class ProblemAnswer(RequestDelegate next, ILogger<ProblemAnswer> log)
{
    private const int RetryAfterSeconds = 2;

    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            // Statuses that routing or the server decided on have no body yet.
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null, ContentLength: null })
                await Write(context, Of(context.Response.StatusCode)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer; the number is nginx's, for the log line.
            if (!context.Response.HasStarted) context.Response.StatusCode = 499;
        }
        catch (Exception failure)
        {
            var answer = Of(failure);
            if (answer.Problem == Problem.Internal || failure is MasterKeyUnavailable) Failed(failure);
            // Half an answer cannot be taken back; it is cut off, so that nobody takes it for a whole one.
            if (context.Response.HasStarted) context.Abort();
            else await Write(context, answer).ConfigureAwait(false);
        }
    }

    private static ProblemException Of(Exception failure) => failure switch
    {
        ProblemException problem => problem,
        Refused { IsMissing: true } => Missing(failure.Message),
        Refused refused => Problem.Conflict.With(refused.Message),
        VersionConflict conflict => Problem.VersionMismatch.With($"Version {conflict.Expected} was expected, and it is at version {conflict.Actual}; read it again and decide anew."),
        EventRefused => Problem.InvalidRequest.With("A value cannot be stored: NUL characters, unpaired surrogates and numbers out of range are refused."),
        StreamTooLong => Problem.Conflict.With("This stream has too many events to be read as a whole; page through its history."),
        StoreUnavailable or NpgsqlException or TimeoutException => Problem.Unavailable.With("Nothing is known to be stored by this request; try again."),
        MasterKeyUnavailable => Problem.MasterKeyUnavailable.With("Whoever holds it does not answer or refuses, and a data key that is not known here yet cannot be opened without it; try again."),
        BadHttpRequestException { StatusCode: 413 } => Problem.TooLarge.With("The body is larger than any that is accepted here."),
        BadHttpRequestException bad => Of(bad.StatusCode),
        _ => Problem.Internal.With($"The failure was logged with trace {Activity.Current?.TraceId.ToString() ?? "unknown"}."),
    };

    private static ProblemException Of(int status) => status switch
    {
        404 => Missing("No route leads here."),
        405 => Problem.MethodNotAllowed.With("The Allow header names the methods that are."),
        415 => Problem.UnsupportedMediaType.With("Send application/json."),
        _ => Problem.Of(status).With(Problem.Of(status).Title),
    };

    /// <summary>The one answer for what is not there and for what is not the caller's to see.</summary>
    public static ProblemException Missing(string detail) => Problem.NotFound.With(detail);

    private static async Task Write(HttpContext context, ProblemException answer)
    {
        var problem = answer.Problem;
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        if (problem == Problem.Unauthorized) response.Headers.WWWAuthenticate = "Bearer realm=\"eventmesh\"";
        if (problem.Status == 503) response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        if (answer.Allowance is { } allowance)
        {
            allowance.WriteTo(response.Headers);
            response.Headers.RetryAfter = allowance.RetryAfter.ToString(CultureInfo.InvariantCulture);
        }
        if (context.Features.Get<RequestFacts>() is { } facts) facts.Problem = problem.Code;

        await using var body = new Utf8JsonWriter(response.BodyWriter, EdgeJson.Writing);
        body.WriteStartObject();
        body.WriteString("type"u8, problem.Type);
        body.WriteString("title"u8, problem.Title);
        body.WriteNumber("status"u8, problem.Status);
        body.WriteString("detail"u8, answer.Message);
        body.WriteString("code"u8, problem.Code);
        if (answer.Errors.Count > 0)
        {
            body.WriteStartArray("errors"u8);
            foreach (var error in answer.Errors)
            {
                body.WriteStartObject();
                body.WriteString("field"u8, error.Field);
                body.WriteString("reason"u8, error.Reason);
                if (error.Keyword is not null) body.WriteString("keyword"u8, error.Keyword);
                body.WriteEndObject();
            }
            body.WriteEndArray();
        }
        body.WriteEndObject();
    }

    [LoggerMessage(EventName = "http.failed", Level = LogLevel.Error, Message = "A request failed")]
    private partial void Failed(Exception failure);
}

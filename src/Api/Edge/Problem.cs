namespace EventMesh.Api.Edge;

/// <summary>A kind of error that the API answers with, as Problem Details (RFC 9457). All are listed in docs/errors.md.</summary>
/// <param name="Code">Stable; the problem's type is <c>urn:eventmesh:error:{Code}</c>.</param>
public sealed record Problem(string Code, int Status, string Title)
{
    public static readonly Problem InvalidRequest = new("invalid_request", 400, "The request is not valid.");
    public static readonly Problem MalformedJson = new("malformed_json", 400, "The body is not valid JSON.");
    public static readonly Problem InvalidEvent = new("invalid_event", 400, "The body is not a valid CloudEvent.");
    public static readonly Problem BadRequest = new("bad_request", 400, "The request is not valid HTTP.");
    public static readonly Problem Unauthorized = new("unauthorized", 401, "A valid bearer token is required.");
    public static readonly Problem InvalidSignature = new("invalid_signature", 401, "The request does not prove that it comes from its source.");
    public static readonly Problem Forbidden = new("forbidden", 403, "This token may not do that.");
    public static readonly Problem Suspended = new("workspace.suspended", 403, "The workspace is suspended.");
    public static readonly Problem NotFound = new("not_found", 404, "There is nothing here.");
    public static readonly Problem MethodNotAllowed = new("method_not_allowed", 405, "This address does not answer to this method.");
    public static readonly Problem Timeout = new("request_timeout", 408, "The request did not arrive in time.");
    public static readonly Problem Conflict = new("conflict", 409, "The request cannot be obeyed in the present state.");
    public static readonly Problem Expired = new("expired", 410, "It was here, and its retention is over.");
    public static readonly Problem VersionMismatch = new("version_mismatch", 412, "It has changed since it was read.");
    public static readonly Problem TooLarge = new("too_large", 413, "The body is too large.");
    public static readonly Problem UnsupportedMediaType = new("unsupported_media_type", 415, "The body's content type is not accepted here.");
    public static readonly Problem IdempotencyKeyReused = new("idempotency_key_reused", 422, "The Idempotency-Key was used for something else.");
    public static readonly Problem SchemaMismatch = new("schema_mismatch", 422, "The data does not fit the schema of its event type.");
    public static readonly Problem HeadersTooLarge = new("headers_too_large", 431, "The request's headers are too large.");
    public static readonly Problem TooManyAtOnce = new("too_many_at_once", 429, "Too many requests for this source are under way.");
    public static readonly Problem TooManyFailures = new("too_many_failures", 429, "Too many credentials that do not hold were tried.");
    public static readonly Problem Internal = new("internal_error", 500, "Something went wrong on our side.");
    public static readonly Problem SealBroken = new("seal_broken", 500, "What is stored does not open with the workspace's keys.");
    public static readonly Problem Unavailable = new("unavailable", 503, "The event store does not answer at the moment.");
    public static readonly Problem MasterKeyUnavailable = new("master_key_unavailable", 503, "The master key cannot be used at the moment.");
    public static readonly Problem TookTooLong = new("took_too_long", 503, "The request took too long.");
    public static readonly Problem PositionNotReached = new("position_not_reached", 503, "The list has not reached the position yet.");
    public static readonly Problem NotYetInLog = new("not_yet_in_log", 503, "The log has not come so far yet.");
    public static readonly Problem PositionUnknown = new("position_unknown", 409, "There is no such position in this feed.");
    public static readonly Problem LimitReached = new("limit_reached", 409, "The plan allows no more of these.");
    public static readonly Problem LimitExceeded = new("limit_exceeded", 429, "The plan allows no more at the moment.");
    public static readonly Problem PlanUnknown = new("plan_unknown", 503, "The workspace's plan is not known here.");
    public static readonly Problem ProviderUnavailable = new("identity_provider_unavailable", 503, "The workspace's identity provider does not answer at the moment.");

    public static readonly IReadOnlyList<Problem> All =
    [
        InvalidRequest, MalformedJson, InvalidEvent, BadRequest, Unauthorized, InvalidSignature, Forbidden, Suspended, NotFound, MethodNotAllowed, Timeout, Conflict, Expired, VersionMismatch,
        TooLarge, UnsupportedMediaType, IdempotencyKeyReused, SchemaMismatch, HeadersTooLarge, TooManyAtOnce, TooManyFailures, Internal, SealBroken, Unavailable, MasterKeyUnavailable, TookTooLong, PositionNotReached, NotYetInLog,
        PositionUnknown,
        LimitReached, LimitExceeded, PlanUnknown, ProviderUnavailable,
    ];

    private const int ErrorsShownMax = 10;
    private const int ErrorsListedMax = 200;

    public string Type => "urn:eventmesh:error:" + Code;

    /// <summary>The problem for a status that the server itself decided on.</summary>
    public static Problem Of(int status) => All.FirstOrDefault(p => p.Status == status && p != InvalidRequest) ?? (status >= 500 ? Internal : BadRequest);

    public ProblemException With(string detail, IReadOnlyList<FieldError>? errors = null) => new(this, detail, errors ?? []);

    public ProblemException With(IReadOnlyList<FieldError> errors) =>
        With(string.Join("; ", errors.Take(ErrorsShownMax).Select(e => $"{e.Field} {e.Reason}")), errors.Count <= ErrorsListedMax ? errors : [.. errors.Take(ErrorsListedMax)]);

    public ProblemException At(string field, string reason) => With([new(field, reason)]);
}

/// <summary>What is wrong with one field, or with one place in the body.</summary>
/// <param name="Field">A path such as <c>config.headers.X-A</c> or <c>[3].source</c>, or a header's or query parameter's name.</param>
/// <param name="Reason">The end of a sentence that begins with the field.</param>
/// <param name="Keyword">What of a JSON Schema is not kept; null where no schema was asked.</param>
public readonly record struct FieldError(string Field, string Reason, string? Keyword = null);

/// <summary>Ends a request with a problem.</summary>
public sealed class ProblemException(Problem problem, string detail, IReadOnlyList<FieldError> errors) : Exception(detail)
{
    public Problem Problem { get; } = problem;
    public IReadOnlyList<FieldError> Errors { get; } = errors;

    /// <summary>The limit that refused; its headers go with the answer.</summary>
    public Limits.Allowance? Allowance { get; init; }
}

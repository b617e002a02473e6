using System.Globalization;
using System.Net;

namespace EventMesh.Connectors;

internal static class WebhookRequest
{
    private const string UserAgent = "EventMesh/1.0 (+webhooks)";
    private const string CloudEventJson = "application/cloudevents+json; charset=utf-8";

    public static HttpRequestMessage Of(Outgoing outgoing, string? traceParent)
    {
        var authorization = outgoing.Authorization ?? Authorization.None;
        var bare = outgoing.Body == BodyKind.Data || outgoing.Mapped is not null ? BareData.From(outgoing.CloudEvent) : null;
        if (outgoing.Mapped is { } mapped) bare = bare! with { Body = mapped, ContentType = BareData.Json };
        var body = bare?.Body ?? outgoing.CloudEvent;
        var contentType = bare is null ? CloudEventJson : bare.ContentType;

        var request = new HttpRequestMessage(HttpMethod.Post, authorization.On(outgoing.Url))
        {
            Content = new ReadOnlyMemoryContent(body),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var seconds = outgoing.At.ToUnixTimeSeconds();
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation(Signing.IdHeader, outgoing.DeliveryId);
        request.Headers.TryAddWithoutValidation(Signing.TimestampHeader, seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(Signing.SignatureHeader, Signatures(outgoing, seconds, body.Span));
        if (traceParent is not null && HeaderRules.IsPrintable(traceParent)) request.Headers.TryAddWithoutValidation("traceparent", traceParent);

        if (bare is not null)
            foreach (var (name, value) in bare.Headers) Add(request, name, value);
        foreach (var (name, value) in outgoing.Headers)
            if (HeaderRules.Check(name, value) is null && !authorization.Headers.ContainsKey(name)) Add(request, name, value);
        foreach (var (name, value) in authorization.Headers) Add(request, name, value);
        if (outgoing.LegacyHeader is { } legacy && outgoing.Secrets.FirstOrDefault(s => s.StartsWith(Signing.SecretPrefix, StringComparison.Ordinal)) is { } shared)
            Add(request, legacy, SigningKey.LegacySignature(shared, body.Span));
        return request;
    }

    private static string Signatures(Outgoing outgoing, long seconds, ReadOnlySpan<byte> body)
    {
        var signatures = SigningKey.Sign(outgoing.Secrets[0], outgoing.DeliveryId, seconds, body);
        for (var i = 1; i < outgoing.Secrets.Count; i++) signatures += " " + SigningKey.Sign(outgoing.Secrets[i], outgoing.DeliveryId, seconds, body);
        return signatures;
    }

    // .NET files a few names (Allow, Expires, Last-Modified) under the content, and refuses them elsewhere.
    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
    }
}

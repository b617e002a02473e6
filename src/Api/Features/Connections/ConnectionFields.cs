using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Api.Features.Connections;

/// <summary>What a connection is made of, as it is sent.</summary>
/// <param name="Kind">Only <c>webhook</c> so far.</param>
public sealed record ConnectionFields(string? Name, string? Kind, ConnectionFields.WebhookFields? Config)
{
    /// <param name="Body"><c>cloudevent</c> (default) or <c>data</c>.</param>
    /// <param name="RetrySchedule">Seconds before the second attempt, the third, …</param>
    public sealed record WebhookFields(string? Url, IReadOnlyDictionary<string, string?>? Headers, string? Body, IReadOnlyList<int>? RetrySchedule);

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    public (string Name, WebhookConfig Config) Validated(AddressGuard guard)
    {
        var checks = new Checks();
        var name = checks.Name(Name);
        if (Kind is null) checks.Add("kind", "is required: webhook");
        else checks.That(Kind == "webhook", "kind", "must be webhook");
        var config = Config is null ? null : Webhook(Config, guard, checks);
        if (Config is null) checks.Add("config", "is required");
        checks.Done();
        return (name, config!);
    }

    private static WebhookConfig? Webhook(WebhookFields fields, AddressGuard guard, Checks checks)
    {
        Uri? url = null;
        if (string.IsNullOrEmpty(fields.Url)) checks.Add("config.url", "is required");
        else if (!Uri.TryCreate(fields.Url, UriKind.Absolute, out url)) checks.Add("config.url", "is not an absolute URL");
        else if (guard.CheckUrl(url) is { } reason) checks.Add("config.url", "is refused: " + reason);

        var body = fields.Body switch { null or "cloudevent" => WebhookBody.Cloudevent, "data" => WebhookBody.Data, _ => (WebhookBody?)null };
        checks.That(body is not null, "config.body", "must be cloudevent or data");
        Headers(fields.Headers, checks);
        Schedule(fields.RetrySchedule, checks);
        var headers = fields.Headers is null ? null : new Dictionary<string, string>(fields.Headers.Where(h => h.Value is not null).Select(h => KeyValuePair.Create(h.Key, h.Value!)));
        return url is null ? null : new(url, headers, body ?? default, fields.RetrySchedule);
    }

    private static void Headers(IReadOnlyDictionary<string, string?>? headers, Checks checks)
    {
        if (headers is null) return;
        checks.That(headers.Count <= HeaderRules.CountMax, "config.headers", $"has at most {HeaderRules.CountMax} entries");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            var field = $"config.headers.{(name.Length <= 64 ? name : name[..64] + "…")}";
            if (value is null) checks.Add(field, "must be a string");
            else if (HeaderRules.Check(name, value) is { } reason) checks.Add(field, "is refused: " + reason);
            else checks.That(names.Add(name), field, "is there twice; names of headers do not depend on case");
        }
    }

    private static void Schedule(IReadOnlyList<int>? schedule, Checks checks)
    {
        if (schedule is null) return;
        checks.That(schedule.Count <= RetrySchedule.StepsMax, "config.retry_schedule", $"has at most {RetrySchedule.StepsMax} steps");
        for (var i = 0; i < Math.Min(schedule.Count, RetrySchedule.StepsMax); i++)
            checks.That(schedule[i] is >= 0 and <= RetrySchedule.StepSecondsMax, $"config.retry_schedule[{i}]", $"must be from 0 to {RetrySchedule.StepSecondsMax} seconds");
    }
}

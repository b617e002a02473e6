using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Api.Features.Connections;

/// <summary>What a connection is made of, as it is sent.</summary>
/// <param name="Kind">Only <c>webhook</c> so far.</param>
/// <param name="Scheme">How its first secret signs: <c>hmac</c> (default) or <c>ed25519</c>. Later ones are made by rotation.</param>
/// <param name="Secret">The caller's own <c>whsec_…</c>; made here when left out.</param>
/// <param name="Operational">It gets what the platform tells the workspace, and nothing else: no rule may name it. False when left out.</param>
/// <param name="Credential">What its requests show the target; changed later by a route of its own. None when left out.</param>
public sealed record ConnectionFields(
    string? Name, string? Kind, ConnectionFields.WebhookFields? Config, string? Scheme = null, string? Secret = null, bool? Operational = null, CredentialFields? Credential = null)
{
    /// <param name="Body"><c>cloudevent</c> (default) or <c>data</c>.</param>
    /// <param name="RetrySchedule">Seconds before the second attempt, the third, …</param>
    /// <param name="LegacySignature">A further signature, for receivers that know another form.</param>
    public sealed record WebhookFields(
        string? Url, IReadOnlyDictionary<string, string?>? Headers, string? Body, IReadOnlyList<int>? RetrySchedule, LegacyFields? LegacySignature = null);

    /// <param name="Header">Such as <c>X-Hub-Signature-256</c>.</param>
    public sealed record LegacyFields(string? Header);

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    internal (string Name, WebhookConfig Config) Validated(AddressGuard guard, HeaderValues values, WebhookConfig present)
    {
        var checks = new Checks();
        var (name, config) = Validated(guard, checks, values, present);
        checks.Done();
        return (name, config!);
    }

    /// <summary>With the first secret and credential of a new connection.</summary>
    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    internal (string Name, WebhookConfig Config, NewSecret Secret, NewCredential? Credential) ValidatedNew(AddressGuard guard, Providers providers, HeaderValues values)
    {
        var checks = new Checks();
        var (name, config) = Validated(guard, checks, values, null);
        var credential = Credential?.Validated(guard, providers, checks, "credential.");
        var secret = NewSecret.Of(Scheme, Secret, SigningScheme.Hmac, checks);
        if (secret.Scheme != SigningScheme.Hmac) checks.That(config?.LegacySignature is null, "config.legacy_signature", "needs the scheme hmac");
        checks.Done();
        return (name, config!, secret, credential);
    }

    /// <summary>Without what is secret, wherever it may be printed.</summary>
    public override string ToString() => $"ConnectionFields {Name}";

    private (string Name, WebhookConfig? Config) Validated(AddressGuard guard, Checks checks, HeaderValues values, WebhookConfig? present)
    {
        var name = checks.Name(Name);
        if (Kind is null) checks.Add("kind", "is required: webhook");
        else checks.That(Kind == "webhook", "kind", "must be webhook");
        var config = Config is null ? null : Webhook(Config, guard, checks, values, present);
        if (Config is null) checks.Add("config", "is required");
        return (name, config);
    }

    private static WebhookConfig? Webhook(WebhookFields fields, AddressGuard guard, Checks checks, HeaderValues values, WebhookConfig? present)
    {
        Uri? url = null;
        if (string.IsNullOrEmpty(fields.Url)) checks.Add("config.url", "is required");
        else if (!Uri.TryCreate(fields.Url, UriKind.Absolute, out url)) checks.Add("config.url", "is not an absolute URL");
        else if (guard.CheckUrl(url) is { } reason) checks.Add("config.url", "is refused: " + reason + (url.UserInfo.Length > 0 ? "; give them as a credential of the kind basic" : ""));

        var body = fields.Body switch { null or "cloudevent" => WebhookBody.Cloudevent, "data" => WebhookBody.Data, _ => (WebhookBody?)null };
        checks.That(body is not null, "config.body", "must be cloudevent or data");
        Headers(fields.Headers, checks, present);
        Schedule(fields.RetrySchedule, checks);
        Legacy(fields, checks);
        var (headers, secret) = values.Split(fields.Headers, present);
        return url is null ? null : new(url, headers, body ?? default, fields.RetrySchedule,
            fields.LegacySignature?.Header is { } legacy ? new LegacySignature(legacy) : null, secret);
    }

    private static void Legacy(WebhookFields fields, Checks checks)
    {
        if (fields.LegacySignature is not { } legacy) return;
        const string Field = "config.legacy_signature.header";
        if (legacy.Header is null) checks.Add(Field, "is required");
        else if (HeaderRules.Check(legacy.Header, "") is { } reason) checks.Add(Field, "is refused: " + reason);
        else checks.That(fields.Headers?.Keys.Contains(legacy.Header, StringComparer.OrdinalIgnoreCase) != true, Field, "is among config.headers already");
    }

    private static void Headers(IReadOnlyDictionary<string, string?>? headers, Checks checks, WebhookConfig? present)
    {
        if (headers is null) return;
        checks.That(headers.Count <= HeaderRules.CountMax, "config.headers", $"has at most {HeaderRules.CountMax} entries");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            var field = $"config.headers.{(name.Length <= 64 ? name : name[..64] + "…")}";
            if (value is null) checks.Add(field, "must be a string");
            else if (value == SecretHeaderNames.Mask && SecretHeaderNames.Contain(name) && !HeaderValues.Has(present, name))
                checks.Add(field, $"is {SecretHeaderNames.Mask}, which stands for a value that is kept, and there is none");
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

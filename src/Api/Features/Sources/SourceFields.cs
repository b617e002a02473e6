using System.Text.Json.Serialization;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Api.Inbound;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Features.Sources;

/// <summary>What a source is made of, as it is sent.</summary>
/// <param name="Event">The attributes of the events that it makes; without it, or a part of it, those that fit the kind of verification.</param>
/// <param name="Secret">What the provider signs with. Of <c>stripe</c>, <c>slack</c> and <c>ed25519</c> (a public key) the provider's; else it is made when left out.</param>
public sealed record SourceFields(string? Name, VerificationFields? Verification, SourceFields.EventFields? Event = null, string? Secret = null)
{
    /// <summary>Without the secret, wherever it may be printed.</summary>
    public override string ToString() => $"SourceFields {Name}";

    private const string TypeDefault = "webhook.received";

    /// <param name="Source">The CloudEvents' source, a URI-reference; <c>/sources/{id}</c> by default.</param>
    public sealed record EventFields(string? Source = null, TakenFields? Type = null, TakenFields? Subject = null, TakenFields? Id = null);

    /// <summary>One of <c>value</c>, <c>header</c> and <c>path</c>.</summary>
    /// <param name="Path">A path into the JSON body, such as <c>$.data.items[0].id</c>.</param>
    /// <param name="Prefix">Put before what is found.</param>
    public sealed record TakenFields(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Value = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Header = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Path = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Prefix = null);

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    public (string Name, SourceVerification Verification, SourceEnvelope Envelope, string? Secret) Validated(bool secretIsNeeded)
    {
        var checks = new Checks();
        var name = checks.Name(Name);
        var verification = Verification?.Validated(checks);
        if (Verification is null) checks.Add("verification", "is required");
        if (Secret is not null && verification is not null && SecretRules.Check(verification.Kind, Secret) is { } reason) checks.Add("secret", reason);
        if (secretIsNeeded && Secret is null && verification is not null && SecretRules.IsGiven(verification.Kind))
            checks.Add("secret", $"is required: {Verification!.Kind} shows it where its webhooks are set up");
        var envelope = verification is null ? null : Envelope(Event ?? new(), verification.Kind, checks);
        checks.Done();
        return (name, verification!, envelope!, Secret);
    }

    private static SourceEnvelope Envelope(EventFields fields, VerificationKind kind, Checks checks)
    {
        if (fields.Source is { } source)
        {
            if (AttributeRules.Check("source", source) is { } reason) checks.Add("event.source", reason);
            checks.That(!PlatformSource.Is(source), "event.source", $"may not begin with {PlatformSource.Prefix}, which is for the platform's own events");
        }
        return new(fields.Source, Taken(fields.Type, "event.type", "type", checks) ?? TypeOf(kind), Taken(fields.Subject, "event.subject", "subject", checks), Taken(fields.Id, "event.id", "id", checks));
    }

    private static TakenFrom TypeOf(VerificationKind kind) => kind switch
    {
        VerificationKind.StandardWebhooks => new(Path: "$.type"),
        VerificationKind.Github => new(Header: "X-GitHub-Event", Prefix: "github."),
        VerificationKind.Stripe => new(Path: "$.type", Prefix: "stripe."),
        VerificationKind.Slack => new(Path: "$.event.type", Prefix: "slack."),
        _ => new(Value: TypeDefault),
    };

    private static TakenFrom? Taken(TakenFields? fields, string field, string attribute, Checks checks)
    {
        if (fields is null) return null;
        checks.That(new[] { fields.Value, fields.Header, fields.Path }.Count(f => f is not null) == 1, field, "has one of value, header and path");
        if (fields.Value is { } value && AttributeRules.Check(attribute, value) is { } reason) checks.Add(field + ".value", reason);
        checks.That(attribute != "id" || fields.Value is null, field + ".value", "would make all events the same one; give header or path");
        if (fields.Header is { } header && HeaderNames.Check(header) is { } wrong) checks.Add(field + ".header", wrong);
        checks.That(fields.Path is null || JsonPlace.IsPath(fields.Path), field + ".path", "must be a path such as $.data.items[0].id");
        if (fields.Prefix is { } prefix)
        {
            checks.That(fields.Value is null, field + ".prefix", "belongs to header or path; put it into value");
            if (AttributeRules.Check(attribute, prefix + "x") is { } unfit) checks.Add(field + ".prefix", unfit);
        }
        return new(fields.Value, fields.Header, fields.Path, fields.Prefix);
    }
}

using System.Text;
using System.Text.Json.Serialization;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Inbound;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Sources;

/// <summary>The new secret holds at once, those of before for a while longer: the provider may change over in its own time.</summary>
public static class RotateSourceSecret
{
    public const int OverlapSecondsDefault = 24 * 3600;
    public const int OverlapSecondsMax = 7 * 24 * 3600;

    /// <param name="Secret">Made when left out, unless the provider makes it.</param>
    /// <param name="OverlapSeconds">How long the secrets of before hold, too: 0 to 7 days, a day by default.</param>
    public sealed record Request(string? Secret = null, int? OverlapSeconds = null)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => "RotateSourceSecret";
    }

    /// <param name="Secret">Left out when it was given; else here and never again.</param>
    public sealed record Response(string Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret, IReadOnlyList<SourceSecret> Secrets, long Version)
    {
        /// <summary>Without the secret, wherever it may be printed.</summary>
        public override string ToString() => $"RotateSourceSecret {Id}";
    }

    public static void Map(RouteGroupBuilder sources) => sources.MapPost("/{id}/rotate-secret", Handle)
        .Needs(Permission.WriteSources).WithName("rotateSourceSecret").WithSummary("Give a source a new secret; the former one holds for an overlap")
        .WithProblem(StatusCodes.Status409Conflict);

    private static async Task<Response> Handle(string id, Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var secretId = call.NewId("sec_");
        Streams.Named(call, id, "src_", ReadSources.Missing);
        var workspace = store.For(call.Workspace.Id);
        var (state, _) = await workspace.Fold<Source, SourceEvent>(id, Source.Initial, Source.Evolve, context.RequestAborted);
        var kind = (state as Source.Enabled)?.Settings.Verification.Kind ?? (state as Source.Disabled)?.Settings.Verification.Kind ?? throw ProblemAnswer.Missing(ReadSources.Missing);
        var (given, overlap) = (body.Value.Secret, body.Value.OverlapSeconds ?? OverlapSecondsDefault);
        Check(kind, given, overlap);

        var secret = given ?? SecretRules.New(kind);
        await workspace.PutSecret(SourceSecrets.NameOf(id, secretId), Encoding.UTF8.GetBytes(secret), call.Now, context.RequestAborted);
        var command = new SourceCommand.RotateSecret(secretId, TimeSpan.FromSeconds(overlap), call.Now);
        var decided = await workspace.Decide<Source, SourceEvent>(
            id, "source", Source.Initial, Source.Evolve, s => SourceDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        context.Response.Headers.CacheControl = "no-store";
        return new(id, given is null ? secret : null, SourceView.Of(id, decided.Version, decided.State, call.Now)!.Secrets, decided.Version);
    }

    private static void Check(VerificationKind kind, string? secret, int overlapSeconds)
    {
        var checks = new Checks();
        checks.That(overlapSeconds is >= 0 and <= OverlapSecondsMax, "overlap_seconds", $"must be from 0 to {OverlapSecondsMax}");
        if (secret is not null && SecretRules.Check(kind, secret) is { } reason) checks.Add("secret", reason);
        checks.That(secret is not null || !SecretRules.IsGiven(kind), "secret", "is required: the provider makes it");
        checks.Done();
    }
}

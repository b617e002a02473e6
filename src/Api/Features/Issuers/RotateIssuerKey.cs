using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.Issuers;

/// <summary>A next signing key: shown at once, signing when those who verify have had time to read it. The key before it is shown until its last token has expired.</summary>
public static class RotateIssuerKey
{
    public const int OverlapSecondsMax = 7 * 24 * 60 * 60;

    /// <param name="OverlapSeconds">How long it is shown before it signs; as the server is configured when left out, 0 for at once.</param>
    public sealed record Request(int? OverlapSeconds);

    public static void Map(RouteGroupBuilder issuer) => issuer.MapPost("/rotate", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("rotateIssuerKey").WithSummary("Make the issuer's next signing key")
        .WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IssuerView> Handle(Body<Request> body, Call call, SigningKeys keys, PublicAddress address, Settings settings, HttpContext context)
    {
        var (workspace, overlap) = (call.Workspace.Id, body.Value.OverlapSeconds ?? (int)settings.IssuerKeyOverlap.TotalSeconds);
        if (overlap is < 0 or > OverlapSecondsMax) throw Problem.InvalidRequest.At("overlap_seconds", $"must be from 0 to {OverlapSecondsMax}");
        var key = await keys.Make(workspace, call.Now, context.RequestAborted);
        call.Subject = key.Kid;
        var decided = await keys.Decide(workspace, s => IssuerDecider.Decide(new IssuerCommand.RotateKey(key, overlap, call.Now), s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return IssuerView.Of(address.IssuerOf(workspace), decided.State, decided.Version, call.Now);
    }
}

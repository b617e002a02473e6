using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Delivery.Log;
using EventMesh.Domain.Log;

namespace EventMesh.Api.Features.Log;

/// <summary>Another key for checkpoints and receipts. The one before signs beside it for a while, so that who pinned it sees the new one vouched for.</summary>
public static class RotateLogKey
{
    public const int OverlapSecondsMax = 90 * 24 * 60 * 60;
    private const int OverlapSecondsDefault = 30 * 24 * 60 * 60;

    /// <param name="OverlapSeconds">How long the keys before it sign too; 30 days when left out, 0 when they are not to be trusted any more.</param>
    public sealed record Request(int? OverlapSeconds);

    public static void Map(RouteGroupBuilder log) => log.MapPost("/keys/rotate", Handle)
        .Needs(Permission.RotateKeys).WithName("rotateLogKey").WithSummary("Sign checkpoints and receipts with another key from now on").WithProblem(StatusCodes.Status403Forbidden);

    private static async Task<ReadLogKeys.LogKeysView> Handle(Body<Request> body, Call call, LogKeyring keyring, HttpContext context)
    {
        call.Subject = LogKeys.Stream;
        var overlap = body.Value.OverlapSeconds ?? OverlapSecondsDefault;
        if (overlap is < 0 or > OverlapSecondsMax) throw Problem.InvalidRequest.At("overlap_seconds", $"must be from 0 to {OverlapSecondsMax}");
        return ReadLogKeys.LogKeysView.Of(await keyring.Rotate(TimeSpan.FromSeconds(overlap), call.Metadata(), context.RequestAborted));
    }
}

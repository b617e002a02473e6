using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Delivery.Encryption;
using EventMesh.Domain.Encryption;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Sealing;

namespace EventMesh.Api.Features.Encryption;

/// <summary>The master key: which wraps, and wrapping every data key anew after another has become current.</summary>
public static class PlatformEncryption
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/encryption", Read)
            .Needs(Permission.RotateKeys).WithTags("Encryption").WithName("getEncryption").WithSummary("Read which master keys wrap the data keys, and how far wrapping anew has come")
            .WithProblem(StatusCodes.Status403Forbidden);
        v1.MapPost("/encryption/rewrap", Rewrap)
            .Needs(Permission.RotateKeys).WithTags("Encryption").WithName("rewrapDataKeys").WithSummary("Wrap every data key with the master key that is current now")
            .Produces<EncryptionView>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<EncryptionView> Read(Call call, Store store, HttpContext context)
    {
        call.Subject = Resealer.MasterKeyStream;
        var (state, _) = await store.For(Workspace.PlatformId).Fold<MasterKey, MasterKeyEvent>(Resealer.MasterKeyStream, MasterKey.Initial, MasterKey.Evolve, context.RequestAborted);
        return await EncryptionView.Of(store, state, context.RequestAborted);
    }

    private static async Task<IResult> Rewrap(Call call, Store store, HttpContext context)
    {
        call.Subject = Resealer.MasterKeyStream;
        try
        {
            await store.ReloadMasterKeys(context.RequestAborted);
        }
        catch (MasterKeysRefused refused)
        {
            throw Problem.Conflict.With(refused.Message);
        }
        var command = new MasterKeyCommand.RotateMasterKey(store.MasterKey!, call.Now);
        var decided = await store.For(Workspace.PlatformId).Decide<MasterKey, MasterKeyEvent>(Resealer.MasterKeyStream, Resealer.MasterKeyStream, MasterKey.Initial, MasterKey.Evolve,
            state => MasterKeyDecider.Decide(command, state), call.Metadata(), null, context.RequestAborted);
        return Results.Accepted("/v1/encryption", await EncryptionView.Of(store, decided.State, context.RequestAborted));
    }
}

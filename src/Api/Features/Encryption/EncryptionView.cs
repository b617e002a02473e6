using EventMesh.Domain.Encryption;
using EventMesh.EventStore;
using EventMesh.EventStore.Sealing;

namespace EventMesh.Api.Features.Encryption;

/// <param name="MasterKey">The id of the master key that wraps new data keys on the node that answers.</param>
/// <param name="Wanted">The id of the master key that every data key is to be wrapped by; null when none was asked for yet.</param>
/// <param name="Percent">Of the data keys that are wrapped by it.</param>
public sealed record EncryptionView(string MasterKey, string? Wanted, int Percent, IReadOnlyList<WrappedBy> DataKeys)
{
    public static async Task<EncryptionView> Of(Store store, MasterKey state, CancellationToken stop)
    {
        var counted = await store.CountDataKeys(stop);
        var (current, all) = (store.MasterKey!, counted.Sum(c => c.DataKeys));
        var there = counted.Where(c => c.MasterKey == (state.Wanted ?? current)).Sum(c => c.DataKeys);
        return new(current, state.Wanted, all == 0 ? 100 : (int)(there * 100 / all), counted);
    }
}

/// <param name="State"><c>current</c>; <c>rotating</c>: what it sealed is being sealed anew; <c>kept</c>: nothing new, for values of other tables; <c>destroyed</c>.</param>
public sealed record DataKeyView(int Number, string State, string MasterKey, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt, DateTimeOffset? RetiredAt);

/// <param name="Phase"><c>sealing</c>, <c>closing</c>, <c>sweeping</c> or <c>done</c>.</param>
public sealed record RotationView(int Number, string Phase, long Total, long Done, int Percent, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

/// <param name="Current">The number of the data key that seals now; null while nothing was sealed yet.</param>
/// <param name="Rotation">The last one; null when there was none.</param>
public sealed record WorkspaceEncryptionView(int? Current, IReadOnlyList<DataKeyView> DataKeys, RotationView? Rotation)
{
    public static async Task<WorkspaceEncryptionView> Of(WorkspaceStore workspace, CancellationToken stop)
    {
        var keys = await workspace.ReadDataKeys(stop);
        var rotation = await workspace.ReadRotation(stop);
        var current = keys.LastOrDefault(k => k.ClosedAt is null)?.Number;
        return new(current, [.. keys.Select(k => new DataKeyView(k.Number, StateOf(k, current), k.MasterKey, k.CreatedAt, k.ClosedAt, k.RetiredAt))],
            Waiting(keys, current, rotation) ?? (rotation is null ? null : new(rotation.Number, rotation.Phase, rotation.Total, rotation.Done, rotation.Percent, rotation.StartedAt, rotation.FinishedAt)));
    }

    /// <summary>A rotation that no node has begun to work on yet: who has asked for it must not read that the one before is done.</summary>
    private static RotationView? Waiting(IReadOnlyList<DataKeyState> keys, int? current, RotationProgress? last) =>
        current is { } number && (last is null || last.Number < number) && keys.Any(k => StateOf(k, current) == "rotating")
            ? new(number, "sealing", 0, 0, 0, keys.Single(k => k.Number == number).CreatedAt, null) : null;

    private static string StateOf(DataKeyState key, int? current) =>
        key.Destroyed ? "destroyed" : key.RetiredAt is not null ? "kept" : key.Number == current ? "current" : "rotating";
}

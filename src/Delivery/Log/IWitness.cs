using EventMesh.Projections.Log;

namespace EventMesh.Delivery.Log;

/// <summary>Somebody outside who keeps checkpoints, so that what was signed once cannot be taken back unseen.</summary>
public interface IWitness
{
    /// <summary>What it is known by: its address.</summary>
    string Address { get; }

    /// <summary>Gives it a checkpoint. The same may come again; another of the same size never does, unless history was rewritten.</summary>
    Task<Witnessed> Give(string origin, StoredCheckpoint checkpoint, CancellationToken stop);
}

/// <summary>What came of giving a checkpoint to a witness.</summary>
public abstract record Witnessed
{
    private Witnessed() { }

    /// <param name="Cosignatures">Lines of signature that the witness added, or nothing.</param>
    public sealed record Kept(string Cosignatures) : Witnessed;

    /// <param name="Error">As the end of a sentence.</param>
    public sealed record Failed(string Error) : Witnessed;
}

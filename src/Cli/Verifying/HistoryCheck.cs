using EventMesh.Domain.Log;

namespace EventMesh.Cli.Verifying;

/// <summary>Which of a workspace's events an export holds.</summary>
internal enum Extent
{
    /// <summary>All, from the first.</summary>
    Whole,

    /// <summary>All between two that leaves place.</summary>
    Part,

    /// <summary>Those that a filter chose, in their order.</summary>
    Filtered,
}

/// <summary>
/// Walks through a workspace's history once, line by line, and compares it with what was signed: order, versions and workspace of the events by themselves,
/// each event with the leaf of the log where leaves are known, and the root at each size of which there is a checkpoint.
/// </summary>
/// <param name="checkpoints">Smallest first.</param>
/// <param name="leaves">Those that checkpoints vouch for; empty when none are known.</param>
internal sealed class HistoryCheck(string workspace, IReadOnlyList<KnownCheckpoint> checkpoints, IReadOnlyList<MerkleHash> leaves, Extent extent)
{
    private readonly bool isPart = extent != Extent.Whole;
    private readonly byte[] workspaceUtf8 = System.Text.Encoding.UTF8.GetBytes(workspace);
    private readonly CanonicalEvent canonical = new();
    private readonly CompactRange tree = new();
    private readonly StreamVersions versions = new();
    private byte[] lastPosition = [];
    private int nextCheckpoint;

    // An event that does not fit its leaf: the one after it tells what became of it.
    private Misfit? unexplained;

    /// <summary>How many events were read.</summary>
    public long Events { get; private set; }

    /// <summary>Where in the history the next event stands, from 0.</summary>
    public long Index { get; private set; }

    /// <summary>How many events checkpoints prove to be as they were signed.</summary>
    public long Proven { get; private set; }

    /// <summary>Whether lines have members that no proof covers.</summary>
    public bool HasMore { get; private set; }

    public Misfit? First { get; private set; }

    /// <summary>Whether a line could not be read, so that nothing can be said of those after it.</summary>
    public bool IsLost { get; private set; }

    public void Take(ReadOnlySpan<byte> line)
    {
        MerkleHash leaf;
        EventLine found;
        try
        {
            leaf = MerkleTree.Leaf(canonical.Read(line, out found));
        }
        catch (FormatException fault)
        {
            First ??= new(Reason.Unreadable, fault.Message, Index, Proven);
            IsLost = true;
            return;
        }
        if (unexplained is { } misfit) Explain(misfit, leaf);
        if (extent == Extent.Filtered) Advance(leaf, found);
        else if (isPart && Events == 0) Index = Place(leaf);
        Events++;
        HasMore |= found.Beyond;
        First ??= Compare(leaf, found) ?? Alone(found);
        tree.Append(leaf);
        Index++;
        if (First is null && Index <= leaves.Count) Proven = isPart ? Proven + 1 : Index;
        if (!isPart) MeetCheckpoints();
    }

    /// <summary>When there are no more lines.</summary>
    public void End()
    {
        if (First is { Reason: Reason.Differs } && checkpoints.FirstOrDefault(c => c.Fits == true && c.Checkpoint.Size > First.Index) is { } later)
            First = First with { Why = $"{First.Why} Yet it leads to the root of {later.File}, which the same key signed: the log was made again over another history." };
        if (First is not null || isPart || checkpoints.Count == 0 || checkpoints[^1].Checkpoint.Size <= Index) return;
        First = new(Reason.Cut, $"The history ends after {Index} events, and {checkpoints[^1].File} is signed over {checkpoints[^1].Checkpoint.Size}: the rest is missing.", Index);
    }

    private Misfit? Alone(in EventLine found)
    {
        Misfit? misfit = null;
        if (!found.Workspace.SequenceEqual(workspaceUtf8)) misfit = Of(Reason.OtherWorkspace, $"It is not of workspace {workspace}.", found);
        else if (found.Position.SequenceCompareTo(lastPosition) <= 0) misfit = Of(Reason.OutOfOrder, "Its position is not after that of the event before it.", found);
        else if (extent != Extent.Filtered && versions.Follow(found.Stream, found.Version, isPart) is var expected && expected != found.Version)
            misfit = Of(Reason.VersionGap, $"Version {expected} of its stream should come here.", found);
        else if (found.HasBinary) misfit = Of(Reason.ForeignBytes, "Its row has bytes beside the data, which EventMesh never writes.", found);
        lastPosition = found.Position.ToArray();
        return misfit;
    }

    private Misfit? Compare(in MerkleHash leaf, in EventLine found)
    {
        if (Index >= leaves.Count || leaves[(int)Index] == leaf) return null;
        var later = Later(leaf);
        return unexplained = later < 0
            ? Of(Reason.Changed, "It is not what was signed here.", found)
            : Of(Reason.Missing, $"It is number {later} of the log: what was signed as number {Index} is missing before it.", found);
    }

    private void Explain(Misfit misfit, in MerkleHash next)
    {
        unexplained = null;
        if (next != leaves[(int)misfit.Index!.Value]) return;
        First = misfit.Reason == Reason.Missing
            ? misfit with { Reason = Reason.Moved, Why = "It was moved: the event after it is the one that was signed here." }
            : misfit with { Reason = Reason.Added, Why = "It is not in the log: the event after it is the one that was signed here." };
    }

    private long Later(in MerkleHash leaf)
    {
        for (var i = (int)Index + 1; i < leaves.Count; i++)
            if (leaves[i] == leaf) return i;
        return -1;
    }

    private long Place(in MerkleHash leaf)
    {
        for (var i = 0; i < leaves.Count; i++)
            if (leaves[i] == leaf) return i;
        First = new(Reason.Added, "The first event of this part is none of the log.");
        return 0;
    }

    // What lies between two events of a filtered export was left out; nothing says whether by the filter.
    private void Advance(in MerkleHash leaf, in EventLine found)
    {
        if (First is not null) return;
        var at = Index < leaves.Count && leaves[(int)Index] == leaf ? (int)Index : Later(leaf);
        if (at >= 0) Index = at;
        else First = Of(Reason.Changed, "It is none of those that were signed after the one before it. If it is newer than the newest checkpoint given, fetch a newer one and the leaves up to it.", found);
    }

    private void MeetCheckpoints()
    {
        for (; nextCheckpoint < checkpoints.Count && checkpoints[nextCheckpoint].Checkpoint.Size == tree.Size; nextCheckpoint++)
        {
            var known = checkpoints[nextCheckpoint];
            known.Fits = tree.Root == known.Checkpoint.Root;
            if (known.Fits == true && First is null) Proven = tree.Size;
            else if (known.Fits == false)
                First ??= new(Reason.Differs, Proven == tree.Size - 1 ? $"With it the history does not lead to the root of {known.File}." : $"The history does not lead to the root of {known.File}; one of the events from number {Proven} to number {tree.Size - 1} is not what was signed.", tree.Size - 1, Proven);
        }
    }

    private Misfit Of(Reason reason, string why, in EventLine found) => new(reason, why, Index, leaves.Count > Index ? Index : Proven, NamedEvent.Of(found));
}

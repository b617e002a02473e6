namespace EventMesh.Domain.Filters.Reading;

/// <summary>Where in a filter its reader is, for the person who is told that something there is wrong.</summary>
internal readonly record struct Place(string Path, int Depth)
{
    private const int NameShownMax = 64;

    /// <summary>The filter as a whole.</summary>
    public static Place Root { get; } = new("", 1);

    public Place Into(string name)
    {
        var shown = name.Length <= NameShownMax ? name : name[..NameShownMax] + "…";
        return new Place(Path.Length == 0 ? shown : $"{Path}.{shown}", Depth + 1);
    }

    public Place At(int index) => new($"{Path}[{index}]", Depth + 1);

    public FilterRefused Refuse(string reason) => new(Path, reason);
}

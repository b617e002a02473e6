namespace EventMesh.Domain.Mappings.Reading;

/// <summary>Where in a template its reader is.</summary>
internal readonly record struct Place(string Path, int Depth)
{
    /// <summary>What the template as a whole is called to the person who wrote it.</summary>
    public const string Whole = "mapping";

    private const int NameShownMax = 64;

    public static Place Root { get; } = new("", 1);

    /// <summary>As <c>mapping.items[0].sku</c>.</summary>
    public string Full => Path.Length == 0 ? Whole : Path[0] == '[' ? Whole + Path : $"{Whole}.{Path}";

    public Place Into(string name)
    {
        var shown = name.Length <= NameShownMax ? name : name[..NameShownMax] + "…";
        return new(Path.Length == 0 ? shown : $"{Path}.{shown}", Depth + 1);
    }

    public Place At(int index) => new($"{Path}[{index}]", Depth + 1);

    public MappingRefused Refuse(string reason) => new(Path, reason);
}

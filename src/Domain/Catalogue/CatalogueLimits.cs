namespace EventMesh.Domain.Catalogue;

/// <summary>What a workspace's catalogue may hold. Each limit is the largest value that is accepted; every node holds the newest schemas in memory.</summary>
public static class CatalogueLimits
{
    /// <summary>Types of a workspace, archived ones included. Held against what the node knows: types made in the same moment may go past it.</summary>
    public const int TypesMax = 1_000;

    /// <summary>UTF-8 bytes of the newest schemas of a workspace together, held as <see cref="TypesMax"/> is.</summary>
    public const int SchemaBytesMax = 4 * 1024 * 1024;

    /// <summary>Versions of a type's schema.</summary>
    public const int VersionsMax = 50;

    /// <summary>Characters of a type's name.</summary>
    public const int NameCharsMax = 200;

    public const int DescriptionCharsMax = 2_000;

    /// <summary>UTF-8 bytes of an example, written without white space.</summary>
    public const int ExampleBytesMax = 64 * 1024;

    /// <summary>Objects and lists inside one another in an example: one less than in an event, which is around it.</summary>
    public const int ExampleDepthMax = 63;

    /// <summary>Whether a type of this name can be described: it is part of an address. Events may have other types too, which are not checked.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameCharsMax } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':');
}

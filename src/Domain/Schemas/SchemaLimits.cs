namespace EventMesh.Domain.Schemas;

/// <summary>What a schema, and checking data against it, may cost. Each limit is the largest value that is accepted.</summary>
public static class SchemaLimits
{
    /// <summary>UTF-8 bytes of a schema, written without white space.</summary>
    public const int TextBytesMax = 64 * 1024;

    /// <summary>Objects and lists inside one another in a schema, the schema itself included.</summary>
    public const int DepthMax = 64;

    /// <summary>Schemas inside a schema, itself included.</summary>
    public const int SubschemasMax = 2_000;

    /// <summary>Regular expressions in one schema.</summary>
    public const int PatternsMax = 100;

    /// <summary>Characters of one regular expression.</summary>
    public const int PatternCharsMax = 512;

    /// <summary>Places in one regular expression, where <c>a{20}</c> has 20.</summary>
    public const int PatternPlacesMax = 1_000;

    /// <summary>Steps of checking one event: a keyword looked at, a member or item gone over, 32 characters × places of a regular expression, or a quarter of one where it may be in many places at once.</summary>
    public const int StepsMax = 500_000;

    /// <summary>Schemas being applied inside one another while data is checked.</summary>
    public const int NestingMax = 512;

    /// <summary>Digits of a number, without leading and trailing zeros, that is held against <c>multipleOf</c>.</summary>
    public const int NumberDigitsMax = 1_000;

    /// <summary>Faults that are named.</summary>
    public const int FaultsMax = 50;
}

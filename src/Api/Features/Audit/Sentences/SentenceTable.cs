using System.Collections.Frozen;

namespace EventMesh.Api.Features.Audit.Sentences;

/// <summary>The sentence of every stored event, by its name.</summary>
public static class SentenceTable
{
    public static readonly FrozenDictionary<string, string> All =
        OfConnections.All.Concat(OfDeliveries.All).Concat(OfConfiguration.All).Concat(OfAccess.All).Concat(OfHistory.All).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What is said of an event that somebody else's code stored.</summary>
    public const string Unknown = "{actor} stored an event that EventMesh does not know.";

    public static string Of(string type) => All.GetValueOrDefault(type, Unknown);
}

using System.Globalization;
using System.Text.Json;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Domain.Schemas;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Events;

/// <summary>
/// Holds events against the schemas of their types, before anything is stored. A workspace without schemas pays one comparison. An event that was accepted
/// before is not refused when it is sent again, though a newer schema may not fit it: it gets its first answer.
/// </summary>
internal static class SchemaCheck
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = EventLimits.DepthMax + 1 };

    /// <exception cref="ProblemException">422: it does not fit.</exception>
    public static async ValueTask Of(WorkspaceStore store, ConfiguredWorkspace workspace, CloudEvent one, string stream, CancellationToken stop)
    {
        if (workspace.Catalogue.SchemaBytes == 0) return;
        var wrong = new List<FieldError>();
        Check(workspace, one, "", wrong);
        if (wrong.Count > 0 && (await store.ReadStreamPage(stream, 0, 1, stop).ConfigureAwait(false)).Count == 0) throw Problem.SchemaMismatch.With(wrong);
    }

    /// <exception cref="ProblemException">422: one of them does not fit.</exception>
    public static async ValueTask Of(WorkspaceStore store, ConfiguredWorkspace workspace, IReadOnlyList<CloudEvent> batch, string[] streams, CancellationToken stop)
    {
        if (workspace.Catalogue.SchemaBytes == 0) return;
        var (wrong, unfit) = (new List<FieldError>(), new List<(string Stream, List<FieldError> Wrong)>());
        for (var i = 0; i < batch.Count; i++)
        {
            var own = new List<FieldError>();
            Check(workspace, batch[i], string.Create(CultureInfo.InvariantCulture, $"[{i}]."), own);
            if (own.Count > 0) unfit.Add((streams[i], own));
        }
        if (unfit.Count == 0) return;
        var known = (await store.ReadStreams([.. unfit.Select(u => u.Stream).Distinct(StringComparer.Ordinal)], stop).ConfigureAwait(false)).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        wrong.AddRange(unfit.Where(u => !known.Contains(u.Stream)).SelectMany(u => u.Wrong));
        if (wrong.Count > 0) throw Problem.SchemaMismatch.With(wrong);
    }

    /// <param name="at">What comes before a fault's path.</param>
    public static IEnumerable<FieldError> Faults(IEnumerable<SchemaFault> faults, string at) => faults.Select(f => new FieldError(at + f.Path, f.Reason, f.Keyword));

    private static void Check(ConfiguredWorkspace workspace, CloudEvent one, string at, List<FieldError> wrong)
    {
        if (workspace.Catalogue.Find(one.Type) is not { SchemaNumber: > 0 } type) return;
        using var json = JsonDocument.Parse(one.Json, Deep);
        if (NotJson(json.RootElement) is { } reason)
        {
            wrong.Add(new(at + "data", $"{reason}, and events of this type have JSON data that fits a schema", "type"));
            return;
        }
        try
        {
            wrong.AddRange(Faults(type.Schema!.Check(json.RootElement.GetProperty("data"u8)), at + "data"));
        }
        catch (SchemaRefused refused)
        {
            // Accepted by an older version of us. Not to check would let through what its author wanted kept out.
            wrong.Add(new(at + "data", "cannot be checked: the schema of its type would be refused today: " + refused.Message, "limit"));
        }
    }

    // Canonical events are ours: data that was not JSON lies in data_base64, or in a string under a content type that says what it is.
    private static string? NotJson(JsonElement canonical)
    {
        if (!canonical.TryGetProperty("data"u8, out _)) return canonical.TryGetProperty("data_base64"u8, out _) ? "is not JSON" : "is missing";
        return canonical.TryGetProperty("datacontenttype"u8, out var type) && !BinaryMode.IsJson(type.GetString()!) ? "is not JSON by its datacontenttype" : null;
    }
}

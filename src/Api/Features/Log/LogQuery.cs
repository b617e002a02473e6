using System.Globalization;
using EventMesh.Api.Edge;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Log;

/// <summary>What routes of the log are asked with. They are there for each workspace, and once more for the platform's own history.</summary>
internal static class LogQuery
{
    /// <summary>The workspace whose log is meant.</summary>
    public static WorkspaceStore Of(Call call, Store store)
    {
        call.Subject = "log";
        return store.For(call.WorkspaceId ?? Workspace.PlatformId);
    }

    /// <summary>A number of leaves or of a leaf; null when it is left out.</summary>
    /// <exception cref="ProblemException">It is no such number.</exception>
    public static long? Number(HttpContext context, string name, long min)
    {
        var text = context.Request.Query[name].ToString();
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min ? value
            : throw Problem.InvalidRequest.At(name, string.Create(CultureInfo.InvariantCulture, $"must be an integer from {min} on"));
    }

    public static ProblemException NotYet(string what) => Problem.NotYetInLog.With($"{what} is stored and not yet in the log, which follows within a second or so.");

    public static ProblemException Beyond(string field, long size) => Problem.InvalidRequest.At(field, string.Create(CultureInfo.InvariantCulture, $"is beyond the log, which has {size} leaves"));
}

using EventMesh.Api.Edge;
using EventMesh.Delivery.Log;
using EventMesh.Domain.Log;

namespace EventMesh.Api.Features.Log;

/// <summary>The public keys that ever signed checkpoints and receipts. For everybody: who pins one has to be able to see it.</summary>
public static class ReadLogKeys
{
    /// <param name="VerifierKey">As C2SP writes it: <c>name+hash+base64</c>.</param>
    /// <param name="From">When it began to sign.</param>
    /// <param name="Until">When it signs, or signed, for the last time; null while nothing has taken its place.</param>
    public sealed record LogKeyView(string Id, string VerifierKey, DateTimeOffset From, DateTimeOffset? Until);

    /// <param name="Keys">Oldest first.</param>
    public sealed record LogKeysView(IReadOnlyList<LogKeyView> Keys)
    {
        public static LogKeysView Of(LogKeys keys) => new([.. keys.Keys.Select(k => new LogKeyView(k.Id, k.VerifierKey, k.From, k.Until))]);
    }

    public static void Map(RouteGroupBuilder log) => log.MapGet("/keys", Handle)
        .ForEverybody().WithName("getLogKeys").WithSummary("Read the public keys that sign checkpoints and receipts, and those that did");

    private static async Task<LogKeysView> Handle(LogKeyring keyring, HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=60";
        return LogKeysView.Of(await keyring.Keys(context.RequestAborted));
    }
}

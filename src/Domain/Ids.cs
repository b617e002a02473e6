using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Domain;

/// <summary>
/// Names of things. An id that must be the same twice is made from what it stands for (<see cref="OfEvent"/>, <see cref="OfDelivery"/>);
/// an id that is made up is sortable by time and takes its time and chance from the edge (<see cref="Sortable"/>).
/// </summary>
public static class Ids
{
    /// <summary>The stream of a workspace's own settings, inside that workspace.</summary>
    public const string WorkspaceStream = "workspace";

    // Crockford's base 32 in lower case: sorts like the bytes, reads well, no letter that looks like a digit.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Whether <paramref name="id"/> may name a workspace: <c>^[a-z0-9][a-z0-9-]{1,62}$</c>.</summary>
    public static bool IsWorkspace(string? id) =>
        id is { Length: >= 2 and <= 63 } && id[0] != '-' && id.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-');

    /// <summary>The id of a published event: made from the CloudEvent's source and id, whose pair is unique (CloudEvents 1.0 §3.1).</summary>
    public static string OfEvent(string source, string id) => "evt_" + Digest("event", source, id);

    /// <summary>The id of a published event when the caller gave an <c>Idempotency-Key</c>.</summary>
    public static string OfIdempotencyKey(string key) => "evt_" + Digest("key", key);

    /// <summary>The id of a delivery: the same event by the same rule to the same connection is the same delivery.</summary>
    public static string OfDelivery(string @event, string rule, string connection) => "dlv_" + Digest(@event, rule, connection);

    /// <summary>The line in which the deliveries by one rule to one connection of events with one key stand.</summary>
    public static string OfLine(string rule, string connection, string key) => "lin_" + Digest("line", rule, connection, key);

    /// <summary>The stream of a type of the catalogue: there is one by each name.</summary>
    public static string OfEventType(string name) => "typ_" + Digest("type", name);

    /// <summary>The stream of a workspace's secret: there is one by each name.</summary>
    public static string OfSecret(string name) => "sct_" + Digest("secret", name);

    /// <summary>The id of a replay when the caller gave an <c>Idempotency-Key</c>.</summary>
    public static string OfReplay(string key) => "rpl_" + Digest("replay", key);

    /// <summary>The id of an export when the caller gave an <c>Idempotency-Key</c>.</summary>
    public static string OfExport(string key) => "exp_" + Digest("export", key);

    /// <summary>Who a provider's <c>sub</c> is in a workspace: the same person is somebody else in each, and the id tells nothing about them.</summary>
    public static string OfSubject(string workspace, string issuer, string subject) => "usr_" + Digest("subject", workspace, issuer, subject);

    /// <summary>The id of a member of a workspace: somebody at a trusted provider, or at any (<c>*</c>).</summary>
    public static string OfMember(string workspace, string provider, string subject) => "usr_" + Digest("member", workspace, provider, subject);

    /// <summary>An id of 26 characters after the prefix: 48 bits of milliseconds, then 80 bits of chance (the layout of a ULID).</summary>
    /// <param name="chance">At least 10 random bytes.</param>
    public static string Sortable(string prefix, DateTimeOffset at, ReadOnlySpan<byte> chance)
    {
        Span<byte> bytes = stackalloc byte[16];
        var milliseconds = at.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++) bytes[i] = (byte)(milliseconds >> (40 - 8 * i));
        chance[..10].CopyTo(bytes[6..]);
        return prefix + Encode(bytes);
    }

    private static string Digest(params ReadOnlySpan<string> parts)
    {
        // Each part is preceded by its length, so that no two lists of parts share a digest.
        var text = new StringBuilder();
        foreach (var part in parts) text.Append(part.Length).Append(':').Append(part);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return Encode(hash[..16]);
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[26];
        var value = new UInt128(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        for (var i = 25; i >= 0; i--, value >>= 5) text[i] = Alphabet[(int)(value & 31)];
        return new string(text);
    }
}

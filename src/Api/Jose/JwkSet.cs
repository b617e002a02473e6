using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace EventMesh.Api.Jose;

/// <summary>
/// The keys that a party signs with (RFC 7517 §5). Keys of unknown kinds and keys that are refused are passed over, not fatal:
/// a provider that adds a new kind must not lock everybody out. Immutable.
/// </summary>
public sealed class JwkSet(IReadOnlyList<Jwk> keys, IReadOnlyList<JwkRefusal> passedOver)
{
    public const int KeysMax = 64;
    public const int BytesMax = 256 * 1024;

    public JwkSet(params IReadOnlyList<Jwk> keys) : this(keys, [])
    {
    }

    public IReadOnlyList<Jwk> Keys { get; } = keys;

    /// <summary>Why keys were passed over, one for each.</summary>
    public IReadOnlyList<JwkRefusal> PassedOver { get; } = passedOver;

    /// <summary>Reads <c>{"keys":[…]}</c>.</summary>
    /// <returns>False for what is no set, and for one of more than <see cref="KeysMax"/> keys or <see cref="BytesMax"/> bytes.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JwkSet? set)
    {
        set = null;
        if (utf8.Length > BytesMax || StrictJson.Object(utf8, out _) is not { } json) return false;
        return TryRead(json, out set);
    }

    /// <param name="json">Read by <see cref="StrictJson"/>, or checked as strictly.</param>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out JwkSet? set)
    {
        set = null;
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > KeysMax) return false;
        List<Jwk> keys = [];
        List<JwkRefusal> passedOver = [];
        foreach (var one in list.EnumerateArray())
        {
            if (Jwk.TryRead(one, out var key, out var refusal)) keys.Add(key);
            else passedOver.Add(refusal);
        }
        set = new(keys, passedOver);
        return true;
    }

    /// <summary>
    /// The one key that may check a signature by <paramref name="algorithm"/>. A token that names a key gets that one and no other; one that names none is checked only
    /// where there is no choice: trying keys in turn would make every key answer for every token.
    /// </summary>
    internal Jwk? Find(string? kid, JwsAlgorithm algorithm, out TokenRefusal refusal)
    {
        Jwk? found = null;
        refusal = TokenRefusal.KeyUnknown;
        foreach (var key in Keys)
        {
            if (kid is not null && !string.Equals(key.Kid, kid, StringComparison.Ordinal)) continue;
            if (!key.Verifies(algorithm))
            {
                if (found is null) refusal = TokenRefusal.KeyUnfit;
                continue;
            }
            if (found is not null)
            {
                refusal = TokenRefusal.KeyAmbiguous;
                return null;
            }
            found = key;
        }
        return found;
    }
}

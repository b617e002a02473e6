using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Jose;

/// <summary>Wycheproof, C2SP, Apache-2.0: see the licence beside the files. Whatever it calls invalid is refused; what it calls valid and we refuse is named here with the reason.</summary>
public sealed class WycheproofTests
{
    [Theory]
    [InlineData("json_web_signature_test.json")]
    [InlineData("json_web_key_test.json")]
    public void What_is_invalid_is_refused_and_what_is_valid_accepted(string file)
    {
        using var vectors = JsonDocument.Parse(Repository.Read($"tests/Unit/Jose/wycheproof/{file}"));
        var (tried, accepted) = (0, 0);
        foreach (var group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var keys = Keys(group.TryGetProperty("public", out var given) ? given : group.GetProperty("private"));
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var refusal = Jws.Verify(test.GetProperty("jws").GetString()!, keys, JwsAlgorithm.All, out _);
                var valid = test.GetProperty("result").GetString() == "valid" && !IsRefusedHere(group, test);
                Assert.True(valid == refusal is null, $"tcId {test.GetProperty("tcId")} {test.GetProperty("comment")}: {refusal}");
                tried++;
                if (refusal is null) accepted++;
            }
        }
        Assert.Equal(vectors.RootElement.GetProperty("numberOfTests").GetInt32(), tried);
        Assert.NotEqual(0, accepted);
    }

    // HMAC, which has no public key, is nobody's here. ES521, which the file calls the algorithm of RFC 7520's P-521 key, is none: it is ES512.
    // And the PS256 token of RFC 7520 figure 20 is checked with a key whose alg says RS256: the alg of a key holds (RFC 7517 §4.4).
    private static bool IsRefusedHere(JsonElement group, JsonElement test) =>
        !group.TryGetProperty("public", out var key) || (key.TryGetProperty("alg", out var algorithm) && algorithm.GetString() == "ES521")
        || test.GetProperty("comment").GetString() == "Figure20";

    private static JwkSet Keys(JsonElement json)
    {
        if (JwkSet.TryRead(json, out var set)) return set;
        return Jwk.TryRead(json, out var key, out var refusal) ? new(key) : new([], [refusal]);
    }
}

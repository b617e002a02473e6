using System.Text.RegularExpressions;
using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>
/// How long a comparison takes must not tell how much of a secret was guessed. Tokens, secrets and signatures are looked up by digest, or compared with
/// <c>CryptographicOperations.FixedTimeEquals</c>. What looks as if it compared one otherwise is found by its name here, and needs a reason.
/// </summary>
public partial class SecretComparisonTests
{
    // The comparison, without blanks, and why it is none of a secret.
    private static readonly Dictionary<string, string> Harmless = new()
    {
        ["first.Sha256!=published.Sha256"] = "of an event's body, by which a repeat is known; the caller has sent it",
        ["left.Hash!=right.Hash"] = "of a JSON value, within one process",
        ["Hash!=other.Hash"] = "of a JSON value, within one process",
        ["LegacySignature==other.LegacySignature"] = "the name of a header",
        ["former==sha256"] = "two stored digests of a source's tokens, neither of them given by a caller",
        ["present.Secret==id"] = "the id of a secret",
        [".Credential.Secret!=place.Secret"] = "the id of a secret",
        ["known.Value!=token"] = "two tokens that a provider gave us; no caller gave either",
        ["granted.Tokens.RefreshToken!=held.Tokens.RefreshToken"] = "two tokens that a provider gave us; no caller gave either",
        ["secret==SigningSecret"] = "the id of a secret",
    };

    [Fact]
    public void No_secret_is_compared_in_a_time_that_tells_of_it() => Assert.All(Repository.Sources.Where(f => f.StartsWith("src/", StringComparison.Ordinal)), file =>
        Assert.Empty(Comparisons(Code.WithoutProse(Repository.Read(file))).Where(found => !Harmless.ContainsKey(found)).Select(found => $"{file}: {found}")));

    [Theory]
    [InlineData("if (token == given) return true;"), InlineData("return expectedSignature != signature;"), InlineData("given.Equals(secret, StringComparison.Ordinal)")]
    [InlineData("mac.SequenceEqual(expected)"), InlineData("expected.AsSpan().SequenceEqual(digest)"), InlineData("string.Equals(password, other)"), InlineData("Sha256 == sha256")]
    public void A_comparison_that_tells_is_found(string code) => Assert.NotEmpty(Comparisons(code));

    [Theory]
    [InlineData("if (token == null)"), InlineData("secret.Length == 0"), InlineData("json.TokenType == JsonTokenType.String"), InlineData("secret.Scheme != SigningScheme.Hmac"), InlineData("CryptographicOperations.FixedTimeEquals(mac, expected)")]
    public void One_that_does_not_is_not(string code) => Assert.Empty(Comparisons(code));

    private static IEnumerable<string> Comparisons(string code) =>
        Operator().Matches(code).Concat(Call().Matches(code)).Select(m => Blank().Replace(m.Value, "")).Where(found => !Public().IsMatch(found));

    private const string Name = @"(?<![\w.])[\w.]*(?:[Tt]oken|[Ss]ecret|[Ss]ignature|[Pp]assword|\b[Mm]ac|[Dd]igest|[Ss]ha256|[Hh]ash|[Cc]redential|[Vv]erifier)(?!\w)";

    [GeneratedRegex($@"{Name}\s*(?:==|!=)\s*[\w.]+|(?<![\w.])[\w.]+\s*(?:==|!=)\s*{Name}(?!\.)")]
    private static partial Regex Operator();

    [GeneratedRegex($@"{Name}(?:\.AsSpan\(\)|\.Span)?\.(?:SequenceEqual|Equals)\([^;]*?\)|\b(?:SequenceEqual|Equals)\(\s*{Name}")]
    private static partial Regex Call();

    [GeneratedRegex(@"(?:==|!=)(?:null|default|true|false|\d+|[A-Z]\w*\.[A-Z]\w*)$")]
    private static partial Regex Public();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}

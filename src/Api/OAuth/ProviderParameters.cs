using EventMesh.Api.Edge;
using EventMesh.Connectors.OAuth;

namespace EventMesh.Api.OAuth;

/// <summary>The values that fill a provider's addresses for one connection.</summary>
internal static class ProviderParameters
{
    /// <param name="given">By name; null where none is.</param>
    /// <param name="at">Where the values stand, with a dot at its end.</param>
    /// <returns>What was given, and the defaults of what was not; what is wrong with them is in <paramref name="checks"/>.</returns>
    public static IReadOnlyDictionary<string, string> Filled(Provider provider, Func<string, string?> given, Checks checks, string at)
    {
        var filled = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, rule) in provider.Parameters)
        {
            var value = given(name) ?? rule.Default;
            if (value is null) checks.Add(at + name, $"is required: {rule.Description}");
            else if (checks.That(Template.Matches(rule.Pattern, value), at + name, $"is not such as {provider.Name} has: {rule.Description}")) filled[name] = value;
        }
        return filled;
    }
}

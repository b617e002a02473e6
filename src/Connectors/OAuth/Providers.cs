namespace EventMesh.Connectors.OAuth;

/// <summary>The providers that connections may be authorized with: those that come with the platform, and those of the operator's folder, which add or override.</summary>
public sealed class Providers
{
    public const int IdCharsMax = 32;
    private const string Prefix = "EventMesh.Connectors.Providers.";

    private readonly Dictionary<string, Provider> byId;

    private Providers(IEnumerable<Provider> providers) => byId = providers.ToDictionary(p => p.Id, StringComparer.Ordinal);

    public Provider? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>By id.</summary>
    public IReadOnlyList<Provider> All => [.. byId.Values.OrderBy(p => p.Id, StringComparer.Ordinal)];

    public static bool IsId(string? text) =>
        text is { Length: >= 2 and <= IdCharsMax } && text[0] is >= 'a' and <= 'z' && text.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-' or '_');

    /// <param name="folder">Of further <c>*.yaml</c> files; null for none.</param>
    /// <exception cref="ProviderRefused">A file is wrong.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static Providers Load(string? folder = null)
    {
        var found = new Dictionary<string, Provider>(StringComparer.Ordinal);
        var assembly = typeof(Providers).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(r => r.StartsWith(Prefix, StringComparison.Ordinal) && r.EndsWith(".yaml", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            Add(ProviderReader.Read(resource[Prefix.Length..], text.ReadToEnd()));
        }
        if (folder is not null)
            foreach (var file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal)) Add(ProviderReader.Read(Path.GetFileName(file), File.ReadAllText(file)));
        return new(found.Values);

        void Add(Provider provider) => found[provider.Id] = provider;
    }
}

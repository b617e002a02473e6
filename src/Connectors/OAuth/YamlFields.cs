using YamlDotNet.RepresentationModel;

namespace EventMesh.Connectors.OAuth;

/// <summary>A provider's file is wrong. The message names file and field, for whoever starts the process.</summary>
public sealed class ProviderRefused(string file, string field, string reason) : Exception($"{file}: {(field.Length == 0 ? "it" : field)} {reason}");

/// <summary>One mapping of a provider's file, read member by member. Members that nobody asked for are refused, so that a misspelt one does not go unseen.</summary>
internal sealed class YamlFields
{
    private readonly string file;
    private readonly string path;
    private readonly Dictionary<string, YamlNode> members = new(StringComparer.Ordinal);
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);
    private readonly List<YamlFields> sections = [];

    public YamlFields(string file, string path, YamlNode? node)
    {
        (this.file, this.path) = (file, path);
        if (node is null) return;
        if (node is not YamlMappingNode mapping) throw new ProviderRefused(file, path, "must be a mapping");
        foreach (var (key, value) in mapping.Children) members[(key as YamlScalarNode)?.Value ?? throw new ProviderRefused(file, path, "has a key that is not text")] = value;
        IsThere = true;
    }

    public bool IsThere { get; }

    public ProviderRefused Wrong(string name, string reason) => new(file, At(name), reason);

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        YamlScalarNode { Value: { Length: > 0 } text } => text,
        _ => throw Wrong(name, "must be text"),
    };

    public string Required(string name) => Text(name) ?? throw Wrong(name, "is required");

    public bool Flag(string name) => Text(name) switch { null or "false" => false, "true" => true, _ => throw Wrong(name, "must be true or false") };

    public T OneOf<T>(string name, T otherwise, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Text(name) is not { } text) return otherwise;
        foreach (var choice in choices)
            if (choice.Name == text) return choice.Value;
        throw Wrong(name, $"must be one of {string.Join(", ", choices.ToArray().Select(c => c.Name))}");
    }

    public int? Seconds(string name) => Text(name) is not { } text ? null
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds
        : throw Wrong(name, "must be a number of seconds above 0");

    /// <summary>A list of texts, or one text alone.</summary>
    public IReadOnlyList<string> List(string name, params string[] otherwise) => Find(name) switch
    {
        null => otherwise,
        YamlScalarNode { Value: { Length: > 0 } text } => [text],
        YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode { Value.Length: > 0 }) => [.. list.Children.Select(c => ((YamlScalarNode)c).Value!)],
        _ => throw Wrong(name, "must be a list of texts"),
    };

    public IReadOnlyDictionary<string, string> Map(string name)
    {
        if (Find(name) is not { } node) return new Dictionary<string, string>();
        if (node is not YamlMappingNode mapping || mapping.Children.Any(c => c.Key is not YamlScalarNode { Value.Length: > 0 } || c.Value is not YamlScalarNode { Value: not null }))
            throw Wrong(name, "must be a mapping of texts");
        return mapping.Children.ToDictionary(c => ((YamlScalarNode)c.Key).Value!, c => ((YamlScalarNode)c.Value).Value!, StringComparer.Ordinal);
    }

    public YamlFields Section(string name)
    {
        var section = new YamlFields(file, At(name), Find(name));
        sections.Add(section);
        return section;
    }

    public IEnumerable<string> Names => members.Keys;

    public void Done()
    {
        if (members.Keys.FirstOrDefault(name => !asked.Contains(name)) is { } unknown) throw Wrong(unknown, "is not known");
        foreach (var section in sections) section.Done();
    }

    private YamlNode? Find(string name)
    {
        asked.Add(name);
        return members.GetValueOrDefault(name);
    }

    private string At(string name) => path.Length == 0 ? name : $"{path}.{name}";
}

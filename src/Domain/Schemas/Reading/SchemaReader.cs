using System.Text.Json;
using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;
using EventMesh.Domain.Schemas.Keywords;
using EventMesh.Domain.Schemas.Patterns;
using EventMesh.Domain.Schemas.References;

namespace EventMesh.Domain.Schemas.Reading;

/// <summary>
/// Compiles a document of schemas and, as far as it refers to them, the documents beside it. Subschemas are read where they stand; references are
/// resolved when everything is read, one after another, so that schemas may refer to one another in any order.
/// </summary>
internal sealed class SchemaReader
{
    private readonly Documents documents;
    private readonly Dictionary<string, Document> read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Resource Resource, Document Document)> resources = new(StringComparer.Ordinal);
    private readonly Queue<(Reference Keyword, string Uri, bool Dynamic, Resource Resource, Document Document, string Pointer)> pending = new();
    private readonly Document main;
    private int subschemas, patterns;

    public SchemaReader(Documents documents, string uri, JsonElement json)
    {
        this.documents = documents;
        main = new(uri, json);
        Root = Open(main);
        while (pending.TryDequeue(out var next)) Resolve(next.Keyword, next.Uri, next.Dynamic, next.Resource, next.Document, next.Pointer);
        if (Loops.Find(main.Nodes.Values) is { } loop) throw new SchemaRefused(loop.Pointer, "refers to itself without going into the data, so checking would never end");
    }

    public Node Root { get; }

    /// <exception cref="SchemaRefused">It is not a schema, or not one that is checked here.</exception>
    public static Node Read(JsonElement json, Instance instance, Documents documents)
    {
        Fitting(instance, "");
        return new SchemaReader(documents, "", json).Root;
    }

    private static void Fitting(Instance schema, string pointer)
    {
        if (Documents.Metaschema.Check(schema, SchemaLimits.StepsMax) is [var fault, ..]) throw new SchemaRefused(pointer + fault.Path, $"{fault.Reason} (the metaschema's {fault.Keyword})");
    }

    /// <summary>Counts and compiles one more regular expression.</summary>
    public Pattern Compile(string expression, string pointer) => ++patterns > SchemaLimits.PatternsMax
        ? throw new SchemaRefused(pointer, $"is one regular expression more than the {SchemaLimits.PatternsMax} that a schema may have")
        : Pattern.Compile(expression, pointer);

    /// <summary>Compiles the schema at <paramref name="pointer"/>.</summary>
    public Node Read(JsonElement json, string pointer, Resource resource, Dialect dialect, Document document)
    {
        if (document == main && ++subschemas > SchemaLimits.SubschemasMax) throw new SchemaRefused(pointer, $"is one schema more than the {SchemaLimits.SubschemasMax} that a schema may have in it");
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            var never = json.ValueKind == JsonValueKind.False;
            return document.Nodes[pointer] = new(resource, pointer) { IsNever = never, Keywords = never ? [new Never()] : [] };
        }
        if (json.ValueKind != JsonValueKind.Object) throw new SchemaRefused(pointer, "must be an object or a boolean");

        if (json.TryGetProperty("$id", out var id)) resource = Identify(Text(id, pointer + "/$id"), pointer, resource, document);
        if (json.TryGetProperty("$schema", out var schema)) dialect = Dialect.Of(Text(schema, pointer + "/$schema"), documents, pointer);
        var node = document.Nodes[pointer] = new Node(resource, pointer);
        if (json.TryGetProperty("$anchor", out var anchor)) Name(resource.Anchors, Text(anchor, pointer + "/$anchor"), node);
        if (json.TryGetProperty("$dynamicAnchor", out anchor))
        {
            Name(resource.Anchors, Text(anchor, pointer + "/$dynamicAnchor"), node);
            resource.DynamicAnchors[anchor.GetString()!] = node;
        }

        var here = new Place(this, json, pointer, resource, dialect, document);
        node.Keywords = [.. here.Keywords()];
        node.AsksSeen = node.Keywords.Any(k => k is Unevaluated);
        return node;
    }

    /// <summary>Notes a reference, to be resolved when everything is read.</summary>
    public Reference Refer(string uri, bool dynamic, Resource resource, Document document, string pointer)
    {
        var keyword = new Reference();
        pending.Enqueue((keyword, uri, dynamic, resource, document, pointer));
        return keyword;
    }

    public static string Text(JsonElement json, string pointer) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw new SchemaRefused(pointer, "must be a string");

    private Node Open(Document document)
    {
        read[document.Uri] = document;
        var resource = new Resource(document.Uri, "");
        resources.TryAdd(document.Uri, (resource, document));
        return Read(document.Json, "", resource, Dialect.Draft2020, document);
    }

    private Resource Identify(string id, string pointer, Resource outer, Document document)
    {
        var uri = UriReference.Parse(outer.Uri).Resolve(UriReference.Parse(id));
        if (uri.Fragment is { Length: > 0 }) throw new SchemaRefused(pointer + "/$id", "may not have a fragment; $anchor is for that");
        var own = new Resource(uri.Document, pointer);
        if (!resources.TryAdd(own.Uri, (own, document)) && resources[own.Uri].Document == document && pointer.Length > 0)
            throw new SchemaRefused(pointer + "/$id", "is there twice");
        resources[own.Uri] = (own, document);
        return own;
    }

    private static void Name(Dictionary<string, Node> anchors, string name, Node node)
    {
        if (!anchors.TryAdd(name, node) && anchors[name] != node) throw new SchemaRefused(node.Pointer, $"has the anchor '{name}', which is there twice");
    }

    private void Resolve(Reference keyword, string uri, bool dynamic, Resource from, Document document, string pointer)
    {
        var target = UriReference.Parse(from.Uri).Resolve(UriReference.Parse(uri));
        if (!resources.TryGetValue(target.Document, out var found))
        {
            if (documents.Find(target.Document) is not { } json)
                throw new SchemaRefused(pointer, $"refers to '{Shown(target.Document)}', which is not in the schema; nothing is fetched, so put it into $defs");
            var opened = new Document(target.Document, json);
            Open(opened);
            found = resources[target.Document];
        }
        var fragment = Uri.UnescapeDataString(target.Fragment ?? "");
        keyword.Target = fragment.Length == 0 || fragment[0] == '/'
            ? At(found.Resource, found.Document, fragment, pointer)
            : found.Resource.Anchors.GetValueOrDefault(fragment) ?? throw new SchemaRefused(pointer, $"refers to the anchor '{Shown(fragment)}', which is not there");
        if (dynamic && keyword.Target.Resource.DynamicAnchors.GetValueOrDefault(fragment) == keyword.Target) keyword.Name = fragment;
    }

    // A pointer may lead to where no keyword has a schema; it is one then because it is referred to.
    private Node At(Resource resource, Document document, string fragment, string pointer)
    {
        var names = JsonPointer.Names(resource.Pointer + fragment)!;
        var place = JsonPointer.Of(names);
        if (document.Nodes.TryGetValue(place, out var known)) return known;
        if (JsonPointer.Find(document.Json, names) is not { } json) throw new SchemaRefused(pointer, $"refers to '{Shown(fragment)}', which is not there");
        Fitting(new InstanceReader().Read(json), place);
        var around = names.Length;
        while (!document.Nodes.TryGetValue(JsonPointer.Of(names.Take(--around)), out known)) { }
        return Read(json, place, known.Resource, Dialect.Draft2020, document);
    }

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";
}

/// <summary>A document of schemas: each of them by where it stands.</summary>
internal sealed record Document(string Uri, JsonElement Json)
{
    public Dictionary<string, Node> Nodes { get; } = new(StringComparer.Ordinal);
}

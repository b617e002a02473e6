using System.Text.Json.Nodes;

namespace EventMesh.Cli.Importing;

/// <summary>What an imported type asks of the catalogue: nothing, if it is there already as it is. What the document does not say stays as it is there.</summary>
internal sealed class TypeImport
{
    private readonly ImportedType type;
    private readonly bool isNew, description, example, schema;

    private TypeImport(ImportedType type, JsonNode? known)
    {
        this.type = type;
        isNew = known is null;
        description = type.Description is not null && known?["description"]?.ToString() != type.Description;
        example = type.Example is not null && !JsonNode.DeepEquals(type.Example, known?["example"]);
        schema = type.Schema is not null && !JsonNode.DeepEquals(type.Schema, (known?["schemas"] as JsonArray)?.LastOrDefault()?["schema"]);
    }

    /// <summary><c>created</c>, <c>changed</c> or <c>same</c>.</summary>
    public string Result => isNew ? "created" : Changes.Count > 0 ? "changed" : "same";

    public IReadOnlyList<string> Changes => isNew ? [] : [.. new[] { (description, "description"), (example, "example"), (schema, "schema") }.Where(c => c.Item1).Select(c => c.Item2)];

    public static async Task<TypeImport> Plan(Call call, ImportedType type)
    {
        try
        {
            return new(type, JsonNode.Parse((await call.Client.Get(call.InWorkspace($"event-types/{type.Name}"), call.Cancel)).Body, null, new() { MaxDepth = Answer.DepthMax }));
        }
        catch (Failure failure) when (failure.Code == ExitCode.NotFound)
        {
            return new(type, null);
        }
    }

    public async Task Carry(Call call)
    {
        if (isNew)
        {
            await call.Client.Post(call.InWorkspace($"event-types"), Told(new JsonObject { ["name"] = type.Name }, true, true, true), call.Cancel);
            return;
        }

        // An example is held against the schema that holds: neither the old one against the new schema nor the new one against the old.
        var apart = example && schema;
        if (description || example)
            await call.Client.Patch(call.InWorkspace($"event-types/{type.Name}"), apart ? Told(new JsonObject { ["example"] = null }, description, false, false) : Told([], description, example, false), call.Cancel);
        if (schema)
            await call.Client.Post(call.InWorkspace($"event-types/{type.Name}/schemas"), Told([], false, false, true), call.Cancel);
        if (apart)
            await call.Client.Patch(call.InWorkspace($"event-types/{type.Name}"), Told([], false, true, false), call.Cancel);
    }

    private JsonObject Told(JsonObject body, bool withDescription, bool withExample, bool withSchema)
    {
        if (withDescription && type.Description is { } text)
            body["description"] = text;
        if (withExample && type.Example is { } sample)
            body["example"] = sample.DeepClone();
        if (withSchema && type.Schema is { } asked)
            body["schema"] = asked.DeepClone();
        return body;
    }
}

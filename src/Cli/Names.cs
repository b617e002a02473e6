namespace EventMesh.Cli;

/// <summary>People give a connection or a rule by its name; the API knows ids.</summary>
internal static class Names
{
    public static Task<string> Connection(Call call, string given) => Resolve(call, "connection", "con_", given);

    public static Task<string> Rule(Call call, string given) => Resolve(call, "rule", "rul_", given);

    public static Task<string> Source(Call call, string given) => Resolve(call, "source", "src_", given);

    public static Task<string> Key(Call call, string given) => Resolve(call, "key", "key_", given);

    public static Task<string> IdentityProvider(Call call, string given) => Resolve(call, "identity-provider", "idp_", given);

    public static Task<string> ServiceAccount(Call call, string given) => Resolve(call, "service-account", "sa_", given);

    private static async Task<string> Resolve(Call call, string kind, string prefix, string given)
    {
        if (given.StartsWith(prefix, StringComparison.Ordinal))
            return given;
        List<string> ids = [];
        await foreach (var item in Pages.Items(call, call.InWorkspace($"{kind}s"), null))
        {
            if (Readable.Find(item, "name") is { ValueKind: System.Text.Json.JsonValueKind.String } name && name.ValueEquals(given))
                ids.Add(Readable.At(item, "id"));
        }

        return ids switch
        {
            [var id] => id,
            [] => throw new Failure(
                ExitCode.NotFound, $"no {kind} in {call.Workspace} is called `{given}`", $"`eventmesh {kind}s list -w {call.Workspace}` shows them."),
            _ => throw Failure.Usage($"{ids.Count} {kind}s in {call.Workspace} are called `{given}`", $"Give an id: {string.Join(", ", ids)}"),
        };
    }
}

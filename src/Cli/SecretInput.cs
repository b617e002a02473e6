namespace EventMesh.Cli;

/// <summary>A secret given on the command line, as <c>@file</c>, or as <c>-</c> for standard input: the last two are not seen in the list of processes.</summary>
internal static class SecretInput
{
    public const string Description = "The secret, @FILE that holds it, or - for standard input.";

    /// <exception cref="Failure">The file cannot be read.</exception>
    public static async Task<string> Read(Call call, string option, string given)
    {
        if (given != "-" && !given.StartsWith('@'))
            return given;
        await using var stream = JsonInput.Open(call, option, given.TrimStart('@'));
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync(call.Cancel)).TrimEnd('\r', '\n');
    }
}

namespace EventMesh.Connectors;

/// <summary>Which of a connection's own headers hold secrets, by their names: their values are kept apart and shown as <see cref="Mask"/>.</summary>
public static class SecretHeaderNames
{
    /// <summary>What is shown in place of a value; sent back, it keeps the value.</summary>
    public const string Mask = "***";

    private static readonly string[] Parts = ["auth", "cookie", "key", "password", "secret", "session", "signature", "token"];

    /// <summary>Too many rather than too few: <c>Authorization</c>, <c>X-Api-Key</c>, <c>X-Monkey</c>.</summary>
    public static bool Contain(string name)
    {
        foreach (var part in Parts)
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}

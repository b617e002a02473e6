namespace EventMesh.Api.Edge;

/// <summary>Collects everything that is wrong with a request, so that its author hears of it at once.</summary>
public sealed class Checks
{
    public const int NameCharsMax = 200;

    private readonly List<FieldError> wrong = [];

    public void Add(string field, string reason) => wrong.Add(new(field, reason));

    /// <returns>Whether it holds.</returns>
    public bool That(bool holds, string field, string reason)
    {
        if (!holds) Add(field, reason);
        return holds;
    }

    /// <summary>A name for people: required, of bounded length, no control characters. Trimmed.</summary>
    public string Name(string? name, string field = "name")
    {
        if (string.IsNullOrWhiteSpace(name)) Add(field, "is required");
        else if (name.Length > NameCharsMax) Add(field, $"has at most {NameCharsMax} characters");
        else if (!IsText(name)) Add(field, "may not contain control characters or unpaired surrogates");
        return name?.Trim() ?? "";
    }

    /// <summary>Whether a string can be stored and shown: no control character, no half of a surrogate pair.</summary>
    public static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i])) return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])) return false;
        }
        return true;
    }

    /// <exception cref="ProblemException">Something was wrong.</exception>
    public void Done()
    {
        if (wrong.Count > 0) throw Problem.InvalidRequest.With(wrong);
    }
}

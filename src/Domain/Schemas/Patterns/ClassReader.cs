namespace EventMesh.Domain.Schemas.Patterns;

/// <summary>Reads a class, from behind its opening bracket to its closing one.</summary>
internal sealed class ClassReader(string text, int start)
{
    private readonly CharacterSet set = new();
    private int at = start;

    /// <param name="end">Behind the closing bracket.</param>
    public string Read(out int end)
    {
        if (at < text.Length && text[at] == '^')
        {
            set.IsNegated = true;
            at++;
        }
        while (at < text.Length && text[at] != ']') Range();
        if (at >= text.Length) throw new PatternRefused("a class that does not end", at);
        end = at + 1;
        return set.CanBeWritten ? set.ToExpression() : throw new PatternRefused("a class that leaves out characters beyond U+FFFF", at);
    }

    private void Range()
    {
        var from = Escapes.ReadInClass(text, ref at);
        if (at + 1 >= text.Length || text[at] != '-' || text[at + 1] == ']')
        {
            set.Add(from);
            return;
        }
        at++;
        var to = Escapes.ReadInClass(text, ref at);
        if (from.Class is not null || to.Class is not null) throw new PatternRefused("a range that begins or ends with a class", at);
        if (from.Character > to.Character) throw new PatternRefused("a range that is out of order", at);
        set.Add(from.Character, to.Character);
    }
}

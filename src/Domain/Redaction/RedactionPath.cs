namespace EventMesh.Domain.Redaction;

/// <summary>A place in a JSON body that is not to be shown, and everything below it.</summary>
/// <param name="Text">As it was written.</param>
public sealed record RedactionPath(string Text)
{
    internal RedactionStep[] Steps { get; private init; } = [];

    /// <summary>
    /// Reads <c>$.data.customer.email</c>, <c>$.data['odd name']</c>, <c>$.data.items[*].card</c>, <c>$.data.*.iban</c> and <c>$..email</c>: of JSONPath (RFC 9535) what names places and
    /// asks nothing of values.
    /// </summary>
    /// <param name="reason">Why it is none, as the end of a sentence; empty when it is one.</param>
    public static RedactionPath? Parse(string text, out string reason)
    {
        var steps = RedactionPathReader.Read(text, out reason);
        return steps is null ? null : new RedactionPath(text) { Steps = steps };
    }
}

/// <param name="Name">The member's name; null for every member and every item.</param>
/// <param name="Deep">At any depth below (<c>..name</c>).</param>
internal readonly record struct RedactionStep(string? Name, bool Deep);

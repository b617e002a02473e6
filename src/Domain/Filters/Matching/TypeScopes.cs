namespace EventMesh.Domain.Filters.Matching;

/// <summary>Reads from a compiled filter which types it is confined to. Null means any: too wide is slow, too narrow would lose events.</summary>
internal static class TypeScopes
{
    public static TypeScope? Of(Condition<FilterInput> condition) => condition switch
    {
        AllOf<FilterInput> all => Narrowest(all.Parts.Select(Of)),
        AnyOf<FilterInput> any => Union(any.Parts.Select(Of)),
        OnAttribute { Attribute: EventAttribute.Type } type => Of(type.Condition),
        _ => null,
    };

    private static TypeScope? Of(Condition<Value> condition) => condition switch
    {
        AllOf<Value> all => Narrowest(all.Parts.Select(Of)),
        AnyOf<Value> any => Union(any.Parts.Select(Of)),
        EqualTo equal => Of(equal.Operand),
        OneOf oneOf => Union(oneOf.Operands.Select(Of)),
        StartsWith startsWith => Prefix(startsWith.Text),
        _ => null,
    };

    private static TypeScope? Of(Operand operand) => operand switch
    {
        TextOperand text => new TypeScope([text.Text], []),
        PatternOperand pattern => Prefix(pattern.Wildcard.Prefix),
        _ => null,
    };

    private static TypeScope? Prefix(string prefix) => prefix.Length == 0 ? null : new TypeScope([], [prefix]);

    private static TypeScope? Narrowest(IEnumerable<TypeScope?> scopes) => scopes.OfType<TypeScope>().MinBy(scope => scope.Size);

    private static TypeScope? Union(IEnumerable<TypeScope?> scopes)
    {
        List<string> exact = [], prefixes = [];
        foreach (var scope in scopes)
        {
            if (scope is null)
                return null;

            exact.AddRange(scope.Exact);
            prefixes.AddRange(scope.Prefixes);
        }

        return new TypeScope([.. exact.Distinct(StringComparer.Ordinal)], [.. prefixes.Distinct(StringComparer.Ordinal)]);
    }
}

using System.Text;
using EventMesh.Api.Inbound;
using EventMesh.Domain.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EventMesh.Tests.Unit.Inbound;

/// <summary>A request to a source, as a test makes it; changed by <c>with</c>.</summary>
internal sealed record Request(SourceVerification How, string Secret, string Body, DateTimeOffset Now, params (string Name, string Value)[] Headers)
{
    public IReadOnlyList<string>? Secrets { get; init; }
    public string Query { get; init; } = "";

    public Refusal? Check() => Verifier.Check(How, [.. (Secrets ?? [Secret]).Select(s => SecretRules.Key(How.Kind, s))], Arrived);

    public Arrived Arrived
    {
        get
        {
            var headers = new HeaderDictionary();
            foreach (var (name, value) in Headers) headers[name] = StringValues.Concat(headers[name], value);
            return new(headers, new QueryCollection(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Query)), Encoding.UTF8.GetBytes(Body), Now);
        }
    }

    /// <summary>With another value of a header; null takes it away.</summary>
    public Request Having(string header, string? value) =>
        this with { Headers = [.. Headers.Where(h => h.Name != header), .. value is null ? [] : new[] { (header, value) }] };

    /// <summary>With a header once more.</summary>
    public Request Twice(string header) => this with { Headers = [.. Headers, Headers.First(h => h.Name == header)] };

    public string this[string header] => Headers.First(h => h.Name == header).Value;
}

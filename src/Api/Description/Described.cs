using Microsoft.OpenApi;

namespace EventMesh.Api.Description;

/// <summary>What a route takes that its handler's signature does not show.</summary>
public static class Described
{
    public static TBuilder WithQuery<TBuilder>(this TBuilder route, string name, JsonSchemaType type, string description) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new Parameter(ParameterLocation.Query, name, type, description));

    public static TBuilder WithHeader<TBuilder>(this TBuilder route, string name, string description) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new Parameter(ParameterLocation.Header, name, JsonSchemaType.String, description));

    /// <summary>The <c>limit</c> and <c>cursor</c> of a list.</summary>
    public static TBuilder WithPages<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route
        .WithQuery("limit", JsonSchemaType.Integer, $"Items of a page: 1 to {Edge.Page.LimitMax}, {Edge.Page.LimitDefault} by default.")
        .WithQuery("cursor", JsonSchemaType.String, "The next of the page before.");

    /// <summary>Conditional changes.</summary>
    public static TBuilder WithIfMatch<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route
        .WithHeader("If-Match", "The ETag that was read; 412 when it has changed since.");

    public static TBuilder WithBody<TBuilder>(this TBuilder route, string contentType, JsonSchemaType type, string description) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new Body(contentType, type, description));

    /// <summary>An error that it answers with.</summary>
    public static TBuilder WithProblem<TBuilder>(this TBuilder route, int status) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemShape), ["application/problem+json"]));

    /// <summary>Problem Details (RFC 9457) as they look here.</summary>
    /// <param name="Errors">What is wrong with which field; left out when the request as a whole is meant.</param>
    public sealed record ProblemShape(string Type, string Title, int Status, string Detail, string Code, IReadOnlyList<Edge.FieldError>? Errors);

    public sealed record Parameter(ParameterLocation In, string Name, JsonSchemaType Type, string Description);

    public sealed record Body(string ContentType, JsonSchemaType Type, string Description);
}

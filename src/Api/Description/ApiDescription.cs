using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EventMesh.Api.Description;

/// <summary>The description of the API: OpenAPI 3.1, made from the routes, so that it cannot fall behind them.</summary>
internal static class ApiDescription
{
    private const string Bearer = "bearer";

    public static void AddDescription(this IServiceCollection services) => services.AddOpenApi("v1", o =>
    {
        o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Shapes that are nested in their feature carry its name: CreateConnectionResponse.
        o.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name
            ? name is "Request" or "Response" && type.Type.DeclaringType is { } feature ? feature.Name + name : name
            : null;
        o.AddDocumentTransformer((document, _, _) => Task.FromResult(Document(document)));
        o.AddOperationTransformer((operation, context, _) => Task.FromResult(Operation(operation, context)));
    });

    public static void MapDescription(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.UseSwaggerUI(o =>
        {
            o.RoutePrefix = "docs";
            o.DocumentTitle = "EventMesh API";
            o.SwaggerEndpoint("/openapi/v1.json", "EventMesh v1");
        });
    }

    private static Microsoft.OpenApi.OpenApiDocument Document(Microsoft.OpenApi.OpenApiDocument document)
    {
        document.Info = new() { Title = "EventMesh", Version = "v1", Description = "Routes the events of many workspaces to their webhooks. Errors are Problem Details (RFC 9457)." };
        // The address is that of whoever serves this document.
        document.Servers = [new() { Url = "/" }];
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The admin's token, or an API key of the workspace." },
        };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        return document;
    }

    private static OpenApiOperation Operation(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (var name in RouteParameters(context.Description.RelativePath ?? ""))
        {
            if (operation.Parameters.All(p => p.Name != name))
                operation.Parameters.Insert(0, new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        }
        foreach (var parameter in metadata.OfType<Described.Parameter>())
            operation.Parameters.Add(new OpenApiParameter { Name = parameter.Name, In = parameter.In, Description = parameter.Description, Schema = new OpenApiSchema { Type = parameter.Type } });
        foreach (var body in metadata.OfType<Described.Body>())
        {
            var request = operation.RequestBody as OpenApiRequestBody ?? new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
            request.Content![body.ContentType] = new() { Schema = new OpenApiSchema { Type = body.Type, Description = body.Description } };
            operation.RequestBody = request;
        }
        if (!metadata.OfType<Edge.Access.Needed>().Any()) operation.Security = [];
        return operation;
    }

    private static IEnumerable<string> RouteParameters(string path) =>
        path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}').Split(':')[0]).Reverse();
}

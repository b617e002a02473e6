using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace EventMesh.Api.Edge;

/// <summary>
/// A body of configuration: JSON of at most <see cref="JsonBody.BytesMax"/>, every member known. Handlers take it as a parameter;
/// one that has a default gets that when there is no body.
/// </summary>
public sealed class Body<T> : IEndpointParameterMetadataProvider where T : class
{
    private Body(T value) => Value = value;

    public T Value { get; }

    public static async ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        using var received = await ReceivedBody.Read(context.Request, JsonBody.BytesMax).ConfigureAwait(false);
        return received.Bytes.IsEmpty && parameter.HasDefaultValue ? null : new(JsonBody.Read<T>(received.Bytes.Span));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), parameter.HasDefaultValue));
}

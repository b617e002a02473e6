using System.Text;
using System.Text.Json;
using EventMesh.Domain.Mappings;

namespace EventMesh.Tests.Unit.Mappings;

internal static class Some
{
    public static readonly JsonElement Order = JsonElement.Parse("""
        {"specversion":"1.0","id":"e-1","source":"/shop","type":"order.paid","subject":"order-7","tier":"gold",
         "data":{"id":7,"total":12.50,"nothing":null,"odd name":"x","a.b":1,"it's":2,"customer":{"email":"a@b.example","name":"Zoë"},
          "items":[{"sku":"A","qty":1,"tags":["x","y"]},{"sku":"B","tags":[]},{"qty":3}],"empty":[]}}
        """);

    public static Mapping Mapping(string json) => Domain.Mappings.Mapping.Parse(JsonElement.Parse(json));

    /// <summary>What a template makes of <see cref="Order"/>.</summary>
    public static string Of(string template) => Of(template, Order);

    public static string Of(string template, JsonElement cloudEvent) => Encoding.UTF8.GetString(Mapping(template).Apply(cloudEvent));
}

using System.Text.Json;
namespace EventMesh.Domain.Filters;
public readonly record struct FilterInput(string Type, string Source, string? Subject, string? Resource, string? ResourceId, string? Time, JsonElement Data);
public sealed class Filter { public static Filter Everything => new(); public static Filter Parse(JsonElement json) => new(); public bool Matches(in FilterInput i) => true; public bool NeedsData => true; public string Json => "{}"; }

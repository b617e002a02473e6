using System.Net;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance;

/// <summary>A workspace of a journey, and somebody who may work in it.</summary>
public sealed record Workspace(EventMeshProcess Process, string Id, Caller Caller)
{
    public string Path => "/v1/workspaces/" + Id;

    public static async Task<Workspace> New(EventMeshProcess process)
    {
        var admin = new Caller(process.Client());
        var created = (await admin.Post("/v1/workspaces", """{"name":"Acme"}""")).Is(HttpStatusCode.Created);
        return new(process, created["id"], admin);
    }

    /// <summary>The same workspace, for the holder of a new API key.</summary>
    public async Task<Workspace> WithKey()
    {
        var issued = (await Post("/keys", """{"name":"app"}""")).Is(HttpStatusCode.Created);
        return this with { Caller = new(Process.Client(issued["key"])) };
    }

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Caller.Get(Path + path, headers);
    public Task<Answer> Post(string path, string json, params (string Name, string Value)[] headers) => Caller.Post(Path + path, json, headers);
    public Task<Answer> Patch(string path, string json, params (string Name, string Value)[] headers) => Caller.Patch(Path + path, json, headers);
    public Task<Answer> Delete(string path, params (string Name, string Value)[] headers) => Caller.Delete(Path + path, headers);

    public Task<Answer> Publish(string cloudEvent, params (string Name, string Value)[] headers) =>
        Caller.Send(HttpMethod.Post, Path + "/events", cloudEvent, "application/cloudevents+json", headers);

    public Task<Answer> PublishBatch(string cloudEvents, params (string Name, string Value)[] headers) =>
        Caller.Send(HttpMethod.Post, Path + "/events", cloudEvents, "application/cloudevents-batch+json", headers);

    /// <param name="headers">The attributes, as <c>ce-*</c>.</param>
    public Task<Answer> PublishBinary(string? body, string? contentType, params (string Name, string Value)[] headers) =>
        Caller.Send(HttpMethod.Post, Path + "/events", body ?? "", contentType, headers);

    public async Task<string> Connection(string url = "http://127.0.0.1:9/hook", string further = "") =>
        (await Post("/connections", $$$"""{"name":"hook","kind":"webhook","config":{"url":"{{{url}}}"{{{further}}}}}""")).Is(HttpStatusCode.Created)["id"];

    public async Task<string> Rule(string filter, params string[] connections) =>
        (await Post("/rules", $$"""{"name":"rule","filter":{{filter}},"connections":[{{string.Join(',', connections.Select(c => $"\"{c}\""))}}]}""")).Is(HttpStatusCode.Created)["id"];

    /// <summary>A CloudEvent in JSON.</summary>
    /// <param name="further">More members, each with a comma before it.</param>
    public static string Event(string id, string type = "order.created", string further = "") =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/shop","type":"{{type}}"{{further}}}""";
}

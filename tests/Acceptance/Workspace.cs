using System.Net;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance;

/// <summary>A workspace of a journey, and somebody who may work in it.</summary>
/// <param name="Key">The first API key, with all roles.</param>
public sealed record Workspace(EventMeshProcess Process, string Id, string Key, Caller Caller)
{
    public string Path => "/v1/workspaces/" + Id;

    /// <summary>A new workspace, for the holder of its first key.</summary>
    public static Task<Workspace> New(EventMeshProcess process, string plan = "starter") => Create(process, $$"""{"name":"Acme","plan":"{{plan}}"}""");

    /// <summary>A new workspace as <paramref name="json"/> says, for the holder of its first key.</summary>
    public static async Task<Workspace> Create(EventMeshProcess process, string json)
    {
        var created = (await new Caller(process.Client()).Post("/v1/workspaces", json)).Is(HttpStatusCode.Created);
        return await Enter(process, created["id"]);
    }

    /// <summary>A workspace that has no key yet, for the holder of its first.</summary>
    public static async Task<Workspace> Enter(EventMeshProcess process, string id)
    {
        var issued = (await new Caller(process.Client()).Post($"/v1/workspaces/{id}/keys", """{"name":"first"}""")).Is(HttpStatusCode.Created);
        return new(process, id, issued["key"], new(process.Client(issued["key"])));
    }

    /// <summary>The same workspace, for the platform's admin, who sees nothing in it.</summary>
    public Workspace AsAdmin => this with { Caller = new(Process.Client()) };

    /// <summary>The same workspace and key on another node.</summary>
    public Workspace On(EventMeshProcess process) => this with { Process = process, Caller = new(process.Client(Key)) };

    /// <summary>The same workspace, for the holder of a new API key.</summary>
    /// <param name="roles">All of them when none is named.</param>
    public async Task<Workspace> WithKey(params string[] roles)
    {
        var issued = (await Post("/keys", $$"""{"name":"app"{{(roles.Length == 0 ? "" : $",\"roles\":[{string.Join(',', roles.Select(r => $"\"{r}\""))}]")}}}""")).Is(HttpStatusCode.Created);
        return this with { Key = issued["key"], Caller = new(Process.Client(issued["key"])) };
    }

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Caller.Get(Path + path, headers);
    public Task<Answer> Post(string path, string json, params (string Name, string Value)[] headers) => Caller.Post(Path + path, json, headers);
    public Task<Answer> Patch(string path, string json, params (string Name, string Value)[] headers) => Caller.Patch(Path + path, json, headers);
    public Task<Answer> Delete(string path, params (string Name, string Value)[] headers) => Caller.Delete(Path + path, headers);

    public Task<Answer> Send(HttpMethod method, string path, string json) => Caller.Send(method, Path + path, json, "application/json");

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

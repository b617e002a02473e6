using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace EventMesh.Tests.Servers;

/// <summary>The first API keys of workspaces, asked for when they are first needed: for clients that work in several workspaces, through several nodes.</summary>
public sealed class WorkspaceKeys
{
    private const string Workspaces = "/v1/workspaces/";

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> keys = new();

    /// <summary>A client that is a workspace's key holder inside it, and the platform's admin elsewhere.</summary>
    public HttpClient Client(EventMeshProcess node) => new(new ByWorkspace(this, node.Client())) { BaseAddress = node.Address };

    private Task<string> Of(string workspace, HttpClient admin) => keys.GetOrAdd(workspace, name => new(() => Issue(name, admin))).Value;

    private static async Task<string> Issue(string workspace, HttpClient admin)
    {
        using var answer = await admin.PostAsJsonAsync($"{Workspaces}{workspace}/keys", new { name = "first" });
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The first key of {workspace} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private sealed class ByWorkspace(WorkspaceKeys keys, HttpClient admin) : DelegatingHandler(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            var inside = path.StartsWith(Workspaces, StringComparison.Ordinal) && path.IndexOf('/', Workspaces.Length) is var end and > 0 ? path[Workspaces.Length..end] : null;
            request.Headers.Authorization = inside is null ? admin.DefaultRequestHeaders.Authorization : new AuthenticationHeaderValue("Bearer", await keys.Of(inside, admin));
            return await base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) admin.Dispose();
            base.Dispose(disposing);
        }
    }
}

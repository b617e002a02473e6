using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore.Sealing;
using EventMesh.Projections.Index;
using EventMesh.Tests.Integration.Delivery;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Secrets;

public sealed class TwoNodesTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_revoked_through_another_process_is_refused_at_the_next_use_within_a_second()
    {
        await using var server = await PostgresServer.Start();
        var database = await server.CreateDatabase("nodes");
        await using var other = await EventMeshProcess.Start(new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = database });
        using var admin = other.Client();
        await Ok(admin.PostAsJsonAsync("/v1/workspaces", new { id = "acme", name = "Acme" }, Stop));
        using var key = other.Client((await Ok(admin.PostAsJsonAsync("/v1/workspaces/acme/keys", new { name = "k" }, Stop))).GetProperty("key").GetString());
        await Ok(key.PostAsJsonAsync("/v1/workspaces/acme/secrets", new { name = "db", value = "one" }, Stop));

        await using var mesh = await Mesh.Open(database, masterKeys: new GivenMasterKeys(EventMeshProcess.TestMasterKey, "the test"));
        mesh.Go(mesh.Follower.Follow);
        var resolver = new SecretResolver(mesh.Store, mesh.Follower, mesh.Uses, mesh.Refusals, TimeProvider.System);
        var run = RunContext.Of(ConfiguredWorkspace.Empty("acme"), "dlv_1");
        for (var version = 1; version <= 5; version++)
        {
            Assert.Equal(version, (await resolver.Resolve(run, "db", SecretPurpose.Step, null, Stop)).Version);
            await Ok(key.PostAsJsonAsync("/v1/workspaces/acme/secrets/db/versions", new { value = "next" }, Stop));
            await Ok(key.DeleteAsync($"/v1/workspaces/acme/secrets/db/versions/{version}", Stop));
            var revoked = Stopwatch.StartNew();
            await Eventually.True(async () =>
            {
                var began = revoked.Elapsed;
                var failure = await Record.ExceptionAsync(async () => await resolver.Resolve(run, "db", SecretPurpose.Step, version, Stop));
                Assert.True(failure is not null || began < TimeSpan.FromSeconds(1), $"given {began} after it was revoked");
                return failure is Refused { Code: "secret.missing" };
            }, TimeSpan.FromSeconds(20), "it to be refused");
        }
    }

    private static async Task<JsonElement> Ok(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return answer.StatusCode == HttpStatusCode.NoContent ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}

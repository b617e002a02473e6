using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>A node behind a proxy on this machine, which names in X-Forwarded-For whom it speaks for, and with few connections.</summary>
public sealed class GuardedMesh : IAsyncLifetime
{
    public const int ConnectionsMax = 24;

    public EventMeshProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Postgres = await (await PostgresServer.Shared).CreateDatabase("guarded");
        Process = await EventMeshProcess.Start(new Dictionary<string, string>
        {
            ["EVENTMESH_POSTGRES"] = Postgres, ["EVENTMESH_TRUSTED_PROXIES"] = "127.0.0.0/8", ["EVENTMESH_CONNECTIONS_MAX"] = $"{ConnectionsMax}",
        });
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    /// <summary>The database's connection string.</summary>
    public string Postgres { get; private set; } = "";
}

public sealed class When_credentials_are_guessed(GuardedMesh mesh) : IClassFixture<GuardedMesh>, IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = mesh.Process.Address };
    private static int guesses;

    [Fact]
    public async Task The_eleventh_failure_from_an_address_is_told_to_wait_and_each_further_one_twice_as_long()
    {
        for (var i = 0; i < 10; i++) (await Guess("198.51.100.1")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("1", RetryAfter((await Guess("198.51.100.1")).IsProblem(HttpStatusCode.TooManyRequests, "too_many_failures")));
        Assert.Equal("2", RetryAfter((await Guess("198.51.100.1")).IsProblem(HttpStatusCode.TooManyRequests, "too_many_failures")));
        // What the guesser writes in front of its address changes nothing.
        Assert.Equal("4", RetryAfter(await Guess("192.0.2.55, 198.51.100.1")));
        (await Guess("198.51.100.2")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        // Whoever shows nothing guesses nothing.
        (await Ask("198.51.100.1", null)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_valid_credential_passes_from_where_others_fail()
    {
        for (var i = 0; i < 15; i++) await Guess("198.51.100.9");
        (await Guess("198.51.100.9")).Is(HttpStatusCode.TooManyRequests);
        (await Ask("198.51.100.9", mesh.Process.AdminToken)).Is(HttpStatusCode.OK);
        (await Guess("198.51.100.9")).Is(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Keys_that_begin_alike_are_slowed_wherever_they_come_from()
    {
        for (var i = 0; i < 10; i++) (await Ask($"203.0.113.{i}", $"emk_SameHead{i:00000000000000000000000}")).Is(HttpStatusCode.Unauthorized);
        (await Ask("203.0.113.99", "emk_SameHeadXXXXXXXXXXXXXXXXXXXXXXX")).IsProblem(HttpStatusCode.TooManyRequests, "too_many_failures");
    }

    [Fact]
    public async Task Addresses_of_inbound_webhooks_are_guessed_no_faster()
    {
        for (var i = 0; i < 10; i++) (await Inbound(i)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await Inbound(10)).IsProblem(HttpStatusCode.TooManyRequests, "too_many_failures");

        Task<Answer> Inbound(int i) => Send(HttpMethod.Post, $"/in/emi_{i:0000}{Guid.NewGuid():N}"[..40], "198.51.100.77", null);
    }

    [Theory]
    [InlineData("/connect/{0}", "unknown_link")]
    [InlineData("/oauth/callback?code=x&state={0}", "unknown_state")]
    public async Task Links_and_states_of_OAuth_are_guessed_no_faster(string path, string reason)
    {
        for (var i = 0; i < 10; i++) Assert.NotEqual(HttpStatusCode.TooManyRequests, (await Open($"203.0.113.{i}", i)).Status);
        var slowed = (await Open("203.0.113.99", 10)).Is(HttpStatusCode.TooManyRequests);
        Assert.Equal("1", RetryAfter(slowed));
        await Eventually.True(async () => await Refusals(reason) > 0, TimeSpan.FromSeconds(60), "the refusal to be written");

        Task<Answer> Open(string from, int i) => Send(HttpMethod.Get, string.Format(System.Globalization.CultureInfo.InvariantCulture, path, $"{reason}Guess".PadRight(41, 'x') + $"{i:00}"), from, null);
    }

    [Fact]
    public async Task Secrets_of_service_accounts_are_guessed_no_faster()
    {
        var workspace = await Workspace.New(mesh.Process);
        for (var i = 0; i < 10; i++) Assert.Equal("invalid_client", (await Token(i)).Is(HttpStatusCode.Unauthorized)["error"]);
        var slowed = (await Token(10)).Is(HttpStatusCode.TooManyRequests);
        Assert.Equal(("slow_down", "1"), (slowed["error"], RetryAfter(slowed)));

        async Task<Answer> Token(int i)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/issuers/{workspace.Id}/token") { Headers = { { "X-Forwarded-For", $"203.0.113.{100 + i}" } } };
            request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "sa_nobody"), new("client_secret", $"guess-{i}")]);
            using var answer = await http.SendAsync(request);
            return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers, answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Who_was_told_to_wait_stands_in_the_platforms_history()
    {
        for (var i = 0; i < 11; i++) await Guess("198.51.100.44");
        await Eventually.True(async () => await Refusals("slowed") > 0, TimeSpan.FromSeconds(30), "the refusal to be written");
        Assert.NotEqual(0, await Refusals("unknown_token"));
    }

    [Fact]
    public async Task Of_IPv6_a_network_of_64_bits_is_one_guesser()
    {
        for (var i = 0; i < 10; i++) (await Guess($"2001:db8:1:2::{i}")).Is(HttpStatusCode.Unauthorized);
        (await Guess("2001:db8:1:2:3:4:5:6")).Is(HttpStatusCode.TooManyRequests);
        (await Guess("2001:db8:1:3::1")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Whoever_came_by_TLS_is_told_to_stay_with_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { { "X-Forwarded-Proto", "https" } } };
        using var answer = await http.SendAsync(request);
        Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.False((await Ask("198.51.100.5", mesh.Process.AdminToken)).Headers.Contains("Strict-Transport-Security"));
    }

    public void Dispose() => http.Dispose();

    private Task<Answer> Guess(string from) => Ask(from, $"emk_{Interlocked.Increment(ref guesses):00000000}{Guid.NewGuid():N}"[..36]);

    private Task<Answer> Ask(string from, string? token) => Send(HttpMethod.Get, "/v1/workspaces", from, token);

    private async Task<long> Refusals(string reason)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(mesh.Postgres);
        await using var count = database.CreateCommand($"select count(*) from public.mt_events where tenant_id = '$platform' and type = 'access_refused' and data ->> 'reason' = '{reason}'");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private async Task<Answer> Send(HttpMethod method, string path, string from, string? token)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "X-Forwarded-For", from } } };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers, answer.Content.Headers.ContentType?.MediaType);
    }

    private static string? RetryAfter(Answer answer) => Assert.Single(answer.Headers.GetValues("Retry-After"));
}

public sealed class When_connections_are_many : IAsyncLifetime
{
    private readonly GuardedMesh mesh = new();

    public ValueTask InitializeAsync() => mesh.InitializeAsync();

    public ValueTask DisposeAsync() => mesh.DisposeAsync();

    [Fact]
    public async Task As_many_as_are_allowed_are_served_one_more_is_closed_and_room_is_made_by_one_that_goes()
    {
        var open = new List<TcpClient>();
        try
        {
            for (var i = 0; i < GuardedMesh.ConnectionsMax; i++)
            {
                open.Add(new TcpClient());
                Assert.Equal("HTTP/1.1 200 OK", await Ask(open[^1]));
            }
            using var more = new TcpClient();
            Assert.Null(await Ask(more));
            // Those that are in stay in.
            Assert.Equal("HTTP/1.1 200 OK", await Ask(open[0]));
            open[0].Dispose();
            await Eventually.True(async () =>
            {
                using var another = new TcpClient();
                return await Ask(another) is not null;
            }, TimeSpan.FromSeconds(20), "a place to be free");
        }
        finally
        {
            open.ForEach(c => c.Dispose());
        }
    }

    /// <returns>Null when the connection was closed without an answer.</returns>
    private async Task<string?> Ask(TcpClient client)
    {
        if (!client.Connected) await client.ConnectAsync(IPAddress.Loopback, mesh.Process.Address.Port);
        try
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
            var (answer, read) = (new byte[4096], 0);
            while (!Encoding.ASCII.GetString(answer, 0, read).EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                if (await client.GetStream().ReadAsync(answer.AsMemory(read)) is not (> 0 and var more)) return null;
                read += more;
            }
            return Encoding.ASCII.GetString(answer, 0, read).Split('\r')[0];
        }
        catch (IOException)
        {
            // Closed while we wrote.
            return null;
        }
    }
}

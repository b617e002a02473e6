using EventMesh.Api.Edge;
using EventMesh.Api.Features;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class RouteEntriesTests
{
    [Theory]
    [InlineData("/v1/forgotten")]
    [InlineData("/V1/workspaces/{ws}/forgotten")]
    public async Task A_route_without_an_entry_does_not_start(string path)
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/v1/known", () => "").Needs(Permission.ReadRules);
        RouteEntries.Check(app);
        app.MapGet(path, () => "");
        Assert.Contains(path, Assert.Throws<InvalidOperationException>(() => RouteEntries.Check(app)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permission_without_a_row_does_not_start()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGroup("/v1").MapGet("/things", () => "").Needs((Permission)(-1));
        Assert.Contains("/v1/things", Assert.Throws<InvalidOperationException>(() => RouteEntries.Check(app)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_open_to_all_lies_elsewhere()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/healthz", () => "");
        app.MapPost("/in/{token}", (string token) => token);
        RouteEntries.Check(app);
    }
}

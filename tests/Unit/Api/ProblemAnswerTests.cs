using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.EventStore.Sealing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class ProblemAnswerTests
{
    [Fact]
    public async Task A_master_key_that_cannot_be_used_now_is_a_503_to_try_again_and_says_nothing_of_the_key()
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        await new ProblemAnswer(_ => throw new MasterKeyUnavailable("kms:alias/canary", new TimeoutException("canary")), NullLogger<ProblemAnswer>.Instance).Invoke(context);

        Assert.Equal(503, context.Response.StatusCode);
        Assert.NotEmpty(context.Response.Headers.RetryAfter.ToString());
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        context.Response.Body.Position = 0;
        using var told = await JsonDocument.ParseAsync(context.Response.Body, default, TestContext.Current.CancellationToken);
        Assert.Equal("master_key_unavailable", told.RootElement.GetProperty("code").GetString());
        Assert.DoesNotContain("canary", told.RootElement.GetRawText(), StringComparison.Ordinal);
    }
}

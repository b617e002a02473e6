using EventMesh.Api.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class RoleTests
{
    [Fact]
    public async Task A_loop_that_fails_is_started_again()
    {
        var (runs, third) = (0, new TaskCompletionSource());
        using var role = new Role("loop", async stop =>
        {
            if (++runs < 3) throw new InvalidOperationException("broken");
            third.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(stop);
        }, TimeProvider.System, NullLogger<Role>.Instance);
        await role.StartAsync(default);
        await third.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await role.StopAsync(default);
        Assert.Equal(3, runs);
        Assert.True(role.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_loop_that_is_cancelled_by_its_own_timeout_is_started_again()
    {
        var (runs, second) = (0, new TaskCompletionSource());
        using var role = new Role("loop", async stop =>
        {
            if (++runs == 1) throw new OperationCanceledException("a timeout of its own");
            second.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(stop);
        }, TimeProvider.System, NullLogger<Role>.Instance);
        await role.StartAsync(default);
        await second.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await role.StopAsync(default);
    }
}

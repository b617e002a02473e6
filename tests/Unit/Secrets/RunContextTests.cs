using System.Reflection;
using EventMesh.Delivery.Exports;
using EventMesh.Delivery.Secrets;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Xunit;

namespace EventMesh.Tests.Unit.Secrets;

public class RunContextTests
{
    [Fact]
    public void A_run_s_workspace_is_that_of_what_runs_and_cannot_be_chosen()
    {
        Assert.Empty(typeof(RunContext).GetConstructors());
        var makers = typeof(RunContext).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(m => m.ReturnType == typeof(RunContext));
        Assert.All(makers, m => Assert.Contains(m.GetParameters()[0].ParameterType, new[] { typeof(Dispatch), typeof(ConfiguredWorkspace), typeof(ExportRow) }));
        Assert.All(typeof(RunContext).GetProperties(), p => Assert.Null(p.SetMethod));
        Assert.Equal(("acme", "dlv_1"), Of(RunContext.Of(new Dispatch("acme", "dlv_1", "evt_1", DateTimeOffset.UnixEpoch, "con_1", "rul_1", 1, "0-0"))));
        Assert.Equal(("acme", "req_1"), Of(RunContext.Of(ConfiguredWorkspace.Empty("acme"), "req_1")));
    }

    [Theory]
    [InlineData("db", "db")]
    [InlineData("tenants/acme/db", "db")]
    [InlineData("tenants/other/db", null)]
    [InlineData("tenants/acme", null)]
    [InlineData("tenants/acme/", null)]
    [InlineData("tenants/acme/a/b", null)]
    [InlineData("tenants/acme2/db", null)]
    [InlineData("TENANTS/acme/db", null)]
    [InlineData("tenants/acme/tenants/acme/db", null)]
    [InlineData("/db", null)]
    [InlineData("connections/con_1/signing", null)]
    [InlineData("", null)]
    public void Only_a_name_of_its_own_is_one(string asked, string? name) => Assert.Equal(name, SecretResolver.NameIn("acme", asked));

    [Fact]
    public void A_value_is_not_in_its_text() => Assert.Equal("db 1", new SecretValue("db", 1, "canary"u8.ToArray()).ToString());

    private static (string, string) Of(RunContext run) => (run.Workspace, run.Id);
}

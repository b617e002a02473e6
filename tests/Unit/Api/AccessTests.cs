using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class AccessTests
{
    private static readonly Actor Admin = new Actor.Admin();
    private static readonly Actor Key = new Actor.Tenant("acme", "key_1", Role.All);

    public static TheoryData<Permission> Permissions => [.. Enum.GetValues<Permission>()];

    [Theory, MemberData(nameof(Permissions))]
    public void The_admin_may_do_everything_everywhere(Permission permission)
    {
        Assert.Equal(Decision.Allowed, Access.Decide(Admin, permission, "acme"));
        Assert.Equal(Decision.Allowed, Access.Decide(Admin, permission, null));
    }

    [Theory, MemberData(nameof(Permissions))]
    public void A_key_may_do_everything_in_its_own_workspace_and_sees_no_other(Permission permission)
    {
        // But for its plan, which is agreed with the platform.
        Assert.Equal(permission == Permission.ChangeWorkspaces ? Decision.Forbidden : Decision.Allowed, Access.Decide(Key, permission, "acme"));
        Assert.Equal(Decision.Missing, Access.Decide(Key, permission, "acme2"));
        Assert.Equal(Decision.Missing, Access.Decide(Key, permission, ""));
    }

    [Theory, MemberData(nameof(Permissions))]
    public void Outside_of_workspaces_a_key_only_lists(Permission permission) =>
        Assert.Equal(permission == Permission.ReadWorkspaces ? Decision.Allowed : Decision.Forbidden, Access.Decide(Key, permission, null));

    [Theory, MemberData(nameof(Permissions))]
    public void Whoever_sent_a_webhook_may_do_nothing_else(Permission permission) =>
        Assert.Equal(Decision.Forbidden, Access.Decide(new Actor.Sender("src_1"), permission, "acme"));

    [Fact]
    public void Every_route_says_what_it_needs()
    {
        // Outside of /v1: probes, and webhooks, which prove themselves as their source asks.
        string[] open = ["src/Api/Features/Health/Health.cs", "src/Api/Features/Sources/ReceiveWebhook.cs"];
        var files = Repository.Sources.Where(f => f.StartsWith("src/Api/Features/", StringComparison.Ordinal) && !open.Contains(f));
        Assert.All(files, file =>
        {
            var code = Code.WithoutProse(Repository.Read(file));
            Assert.Equal(Count(".MapGet(") + Count(".MapPost(") + Count(".MapPatch(") + Count(".MapDelete(") + Count(".MapPut("), Count(".Needs("));
            int Count(string text) => code.Split(text).Length - 1;
        });
    }

    [Fact]
    public void Every_problem_is_in_the_docs_once()
    {
        var lines = Repository.Read("docs/errors.md").Split('\n');
        Assert.All(Problem.All, p => Assert.Single(lines, line => line.StartsWith($"| {p.Status} | `{p.Code}` |", StringComparison.Ordinal)));
        Assert.Equal(Problem.All.Count, Problem.All.Select(p => p.Code).Distinct().Count());
        var declared = typeof(Problem).GetFields().Where(f => f.FieldType == typeof(Problem)).Select(f => (Problem)f.GetValue(null)!);
        Assert.Equal(declared, Problem.All);
    }
}

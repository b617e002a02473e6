using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class AccessTests
{
    private const string ApprovedFile = "tests/Unit/Api/roles.approved.txt";
    private static readonly Role[] Roles = [Role.Operator, Role.Developer, Role.Auditor, Role.Publisher];

    public static TheoryData<Permission> Permissions => [.. Enum.GetValues<Permission>()];

    [Fact]
    public void The_table_is_the_one_approved()
    {
        var received = new StringBuilder(Line("", "admin", "operator", "developer", "auditor", "publisher"));
        foreach (var row in RoleTable.Rows)
        {
            var admins = row.Admins switch { RoleTable.Admins.Yes => "x", RoleTable.Admins.TheFirst => "the first", _ => "" };
            received.Append(Line([row.Permission.ToString(), admins, .. Roles.Select(r => row.Roles.HasFlag(r) ? "x" : "")]));
        }
        if (File.Exists(Repository.Path(ApprovedFile)) && Repository.Read(ApprovedFile) == received.ToString()) return;
        var file = ApprovedFile.Replace(".approved.", ".received.", StringComparison.Ordinal);
        File.WriteAllText(Repository.Path(file), received.ToString());
        Assert.Fail($"Who may do what has changed: compare {file} with the approved file beside it.");
    }

    [Fact]
    public void Every_permission_has_one_row() =>
        Assert.Equal(Enum.GetValues<Permission>().Order(), RoleTable.Rows.Select(r => r.Permission).Order());

    [Theory, MemberData(nameof(Permissions))]
    public void A_role_may_do_in_its_own_workspace_what_the_table_says(Permission permission)
    {
        var row = RoleTable.Of(permission);
        foreach (var role in Roles)
        {
            var decision = Access.Authorize(new Actor.Tenant("acme", "key_1", role), permission, "acme", "con_1");
            Assert.Equal(row.Roles.HasFlag(role), decision.Allowed);
            Assert.True(decision.Allowed || decision.Refused!.Problem == Problem.Forbidden);
        }
        Assert.Equal(row.Roles != Role.None, Access.Authorize(Key(Role.All), permission, "acme").Allowed);
        Assert.False(Access.Authorize(Key(Role.None), permission, "acme").Allowed);
    }

    [Theory, MemberData(nameof(Permissions))]
    public void Another_workspace_is_not_there_whatever_the_role(Permission permission)
    {
        foreach (var other in new[] { "acme2", "", "ACME", "$platform" })
            Assert.Same(NotAllowed.Other, Access.Authorize(Key(Role.All), permission, other).Refused);
    }

    [Theory, MemberData(nameof(Permissions))]
    public void Outside_of_workspaces_a_key_only_lists(Permission permission)
    {
        var decision = Access.Authorize(Key(Role.All), permission, null);
        Assert.Equal(permission == Permission.ReadWorkspaces, decision.Allowed);
        Assert.True(decision.Allowed || decision.Refused!.Problem == Problem.Forbidden);
    }

    [Theory, MemberData(nameof(Permissions))]
    public void Whoever_sent_a_webhook_may_do_nothing_else(Permission permission) =>
        Assert.Equal(Problem.Forbidden, Access.Authorize(new Actor.Sender("src_1"), permission, "acme").Refused!.Problem);

    [Fact]
    public void Every_route_says_what_it_needs()
    {
        // For everybody, the keys that the log is checked with. Outside of /v1: probes; webhooks, which prove themselves as their source asks; and issuers, whose public part is for everybody and whose clients prove themselves.
        string[] open =
        [
            "src/Api/Features/Log/ReadLogKeys.cs",
            "src/Api/Features/Health/Health.cs", "src/Api/Features/Sources/ReceiveWebhook.cs", "src/Api/Features/Issuers/ReadDiscovery.cs", "src/Api/Features/Issuers/ReadKeySet.cs",
            "src/Api/Features/Issuers/IssueToken.cs", "src/Api/Features/Issuers/RevokeToken.cs", "src/Api/Features/Issuers/IntrospectToken.cs",
            // A provider's answer proves itself by its state, a connect session's page by its link.
            "src/Api/Features/OAuth/OAuthCallback.cs", "src/Api/Features/OAuth/OpenConnectSession.cs",
        ];
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

    private static string Line(params string[] cells) => string.Concat(cells.Select((c, i) => c.PadRight(i == 0 ? 22 : 11))).TrimEnd() + "\n";

    private static Actor.Tenant Key(Role roles) => new("acme", "key_1", roles);
}

using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance.Isolation;

/// <summary>Two workspaces with everything in them, for all operations.</summary>
public sealed class TwoWorkspaces(RunningMesh mesh) : IAsyncLifetime
{
    public Furnished Mine { get; private set; } = null!;
    public Furnished Theirs { get; private set; } = null!;

    public async ValueTask InitializeAsync() => (Mine, Theirs) = (await Furnished.New(mesh, "mine-71c0"), await Furnished.New(mesh, "theirs-93fe"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed class Isolation_of_every_operation(RunningMesh mesh, TwoWorkspaces two) : IClassFixture<TwoWorkspaces>
{
    private const string NoWorkspace = "there-is-none";
    private static readonly char[] Roles = ['o', 'd', 'u', 'p'];

    public static TheoryData<string> Operations => [.. Operation.All.Select(o => o.ToString())];
    public static TheoryData<string> InWorkspaces => [.. Operation.All.Where(o => o.InWorkspace).Select(o => o.ToString())];
    public static TheoryData<string> Naming => [.. Operation.All.Where(o => o.InWorkspace && o.NamesSomething).Select(o => o.ToString())];

    private Furnished Mine => two.Mine;
    private Furnished Theirs => two.Theirs;

    [Fact]
    public async Task Every_operation_of_the_description_has_an_entry_and_no_other()
    {
        var paths = JsonNode.Parse((await mesh.Admin.Get("/openapi/v1.json")).Is(HttpStatusCode.OK).Text)!["paths"]!.AsObject();
        var described = paths.SelectMany(p => p.Value!.AsObject().Where(m => m.Key is "get" or "post" or "put" or "patch" or "delete").Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}"));
        Assert.Equal(described.Order(StringComparer.Ordinal), Operation.All.Select(o => o.ToString()).Concat(Operation.Open).Order(StringComparer.Ordinal));
        Assert.Equal(["GET /v1/log/keys"], Operation.Open.Where(open => open.Contains(" /v1", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory, MemberData(nameof(InWorkspaces))]
    public async Task Somebody_of_another_workspace_finds_nothing_and_nothing_alike(string asked)
    {
        var operation = Operation.Of(asked);
        foreach (var role in Roles)
        {
            var answers = await All(Mine.Callers[role], operation,
                Theirs.Here(operation, NoWorkspace), Theirs.Nowhere(operation, NoWorkspace), Theirs.Here(operation, Theirs.Workspace.Id), Theirs.Nowhere(operation, Theirs.Workspace.Id));
            answers[0].Answer.IsProblem(HttpStatusCode.NotFound, "not_found");
            foreach (var answer in answers[1..]) Compared.Alike($"{role} elsewhere", answer, answers[0]);
        }
    }

    [Theory, MemberData(nameof(InWorkspaces))]
    public async Task Who_lacks_the_role_is_refused_alike_whatever_is_there(string asked)
    {
        var operation = Operation.Of(asked);
        foreach (var role in Roles.Where(r => !operation.Who.Contains(r)))
        {
            var answers = await All(Mine.Callers[role], operation, Mine.Nowhere(operation, Mine.Workspace.Id), Mine.Here(operation, Mine.Workspace.Id), Theirs.Here(operation, Mine.Workspace.Id));
            answers[0].Answer.IsProblem(HttpStatusCode.Forbidden, "forbidden");
            foreach (var answer in answers[1..]) Compared.Alike($"{role} without the role", answer, answers[0]);
        }
    }

    [Theory, MemberData(nameof(InWorkspaces))]
    public async Task A_platform_admin_sees_no_tenants_data_whether_there_is_any_or_not(string asked)
    {
        var operation = Operation.Of(asked);
        if (operation.Who.Contains('a') || operation.Who.Contains('f')) return;
        var named = (await mesh.Admin.Post("/v1/admins", """{"name":"matrix"}""")).Is(HttpStatusCode.Created);
        foreach (var admin in new[] { mesh.Admin, new Caller(mesh.Process.Client(named["token"])) })
        {
            var answers = await All(admin, operation,
                Theirs.Nowhere(operation, NoWorkspace), Theirs.Here(operation, NoWorkspace), Theirs.Here(operation, Theirs.Workspace.Id), Theirs.Nowhere(operation, Theirs.Workspace.Id));
            Assert.Contains("elevation", answers[0].Answer.IsProblem(HttpStatusCode.Forbidden, "forbidden")["detail"], StringComparison.Ordinal);
            foreach (var answer in answers[1..]) Compared.Alike("an admin", answer, answers[0]);
        }
        (await mesh.Admin.Delete("/v1/admins/" + named["id"])).Is(HttpStatusCode.NoContent);
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task Whoever_is_not_known_is_told_nothing(string asked)
    {
        var operation = Operation.Of(asked);
        var revoked = (await Mine.Workspace.Post("/keys", """{"name":"revoked"}""")).Is(HttpStatusCode.Created);
        (await Mine.Workspace.Delete("/keys/" + revoked["id"])).Is(HttpStatusCode.NoContent);
        using var nobody = new HttpClient { BaseAddress = mesh.Process.Address };
        var garbage = "emk_" + Guid.NewGuid().ToString("N");
        foreach (var caller in new[] { new Caller(nobody), new Caller(mesh.Process.Client(garbage)), new Caller(mesh.Process.Client(revoked["key"])) })
        {
            var answers = await All(caller, operation, Theirs.Nowhere(operation, NoWorkspace), Theirs.Here(operation, Theirs.Workspace.Id), Mine.Here(operation, Mine.Workspace.Id));
            answers[0].Answer.IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
            foreach (var answer in answers[1..]) Compared.Alike("nobody", answer, answers[0]);
        }
    }

    [Theory, MemberData(nameof(Naming))]
    public async Task An_id_of_another_workspace_is_one_that_is_not_there(string asked)
    {
        var operation = Operation.Of(asked);
        foreach (var role in Roles.Where(r => operation.Who.Contains(r)))
        {
            var answers = await All(Mine.Callers[role], operation, Mine.Nowhere(operation, Mine.Workspace.Id), Theirs.Here(operation, Mine.Workspace.Id));
            Compared.Alike($"{role} with an id of another workspace", answers[1], answers[0]);
        }
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task Who_may_is_not_refused(string asked)
    {
        var operation = Operation.Of(asked);
        foreach (var role in Roles.Where(r => operation.Who.Contains(r))) Passed(await Ask(Mine.Callers[role], operation, Mine));
        if (operation.Who.Contains('a')) Passed(await Ask(mesh.Admin, operation, Theirs));

        void Passed((string Path, Answer Answer) given)
        {
            Assert.True(given.Answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)given.Answer.Status < 500, $"{given.Path}: {(int)given.Answer.Status} {given.Answer.Text}");
            if (given.Answer.Status == HttpStatusCode.NotFound) Assert.NotEqual("There is no such workspace.", given.Answer["detail"]);
            // What is only read is there.
            if (operation.Method == "GET" && operation.Path.Contains("{id}", StringComparison.Ordinal) && !operation.Path.EndsWith("/authorization", StringComparison.Ordinal)) given.Answer.Is(HttpStatusCode.OK);
        }
    }

    // Only reads name what is there: the others would leave nothing for those who ask after them.
    private static async Task<(string Path, Answer Answer)> Ask(Caller caller, Operation operation, Furnished where) =>
        (await All(caller, operation, operation.Method == "GET" ? where.Here(operation, where.Workspace.Id) : where.Nowhere(operation, where.Workspace.Id)))[0];

    private static async Task<(string Path, Answer Answer)[]> All(Caller caller, Operation operation, params string[] paths)
    {
        var answers = new (string, Answer)[paths.Length];
        for (var i = 0; i < paths.Length; i++) answers[i] = (paths[i], await caller.Send(new(operation.Method), paths[i], operation.Body, operation.ContentType));
        return answers;
    }
}

using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_members_come_and_go(RunningMesh mesh)
{
    private const string Subject = "ada@customer.example";

    [Fact]
    public async Task A_member_is_added_read_changed_and_removed_and_is_no_name_in_the_history()
    {
        var workspace = await mesh.Workspace();
        var added = (await workspace.Post("/members", $$"""{"subject":"{{Subject}}","roles":["auditor","operator"]}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^usr_[0-9a-z]{26}$", added["id"]);
        Assert.Equal(("*", Subject, """["operator","auditor"]"""), (added["provider"], added["subject"], added.Json["roles"]!.ToJsonString()));
        Assert.Equal(added.Text, (await workspace.Get("/members/" + added["id"])).Is(HttpStatusCode.OK).Text);
        Assert.Equal(added.Text, Assert.Single((await workspace.Get("/members")).Items).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

        Assert.Equal("""["publisher"]""", (await workspace.Send(HttpMethod.Put, "/members/" + added["id"], """{"roles":["publisher"]}""")).Is(HttpStatusCode.OK).Json["roles"]!.ToJsonString());
        var again = (await workspace.Post("/members", $$"""{"subject":"{{Subject}}","roles":["developer"]}""")).Is(HttpStatusCode.Created);
        Assert.Equal((added["id"], """["developer"]"""), (again["id"], again.Json["roles"]!.ToJsonString()));
        (await workspace.Delete("/members/" + added["id"])).Is(HttpStatusCode.NoContent);
        (await workspace.Get("/members/" + added["id"])).IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Empty((await workspace.Get("/members")).Items);

        var history = (await workspace.Get("/feed")).Is(HttpStatusCode.OK).Text;
        Assert.Equal(["member_added", "member_changed", "member_changed", "member_removed"], (await workspace.Get("/streams/" + added["id"])).Items.Select(e => e["type"]!.GetValue<string>()));
        Assert.DoesNotContain(Subject, history, StringComparison.Ordinal);
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains(Subject, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"roles":["auditor"]}""", "subject", "must have 1 to 255")]
    [InlineData("""{"subject":"a","roles":[]}""", "roles", "must name at least one of operator, developer, auditor, publisher")]
    [InlineData("""{"subject":"a"}""", "roles", "must name at least one")]
    [InlineData("""{"subject":"a","roles":["emperor"]}""", "roles", "must be of operator")]
    [InlineData("""{"subject":"a","roles":["auditor"],"provider":"idp_none"}""", "provider", "is not a provider that this workspace trusts")]
    public async Task A_wrong_member_is_refused(string body, string field, string words)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/members", body)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names(field, words);
        Assert.Empty((await workspace.Get("/members")).Items);
    }

    [Fact]
    public async Task A_subject_has_at_most_255_characters()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/members", $$"""{"subject":"{{new string('a', 255)}}","roles":["auditor"]}""")).Is(HttpStatusCode.Created);
        (await workspace.Post("/members", $$"""{"subject":"{{new string('a', 256)}}","roles":["auditor"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("subject", "255");
    }
}

using System.Text;
using EventMesh.Api.Jose;
using EventMesh.Api.Trust;
using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;
using Xunit;

namespace EventMesh.Tests.Unit.Trust;

public sealed class MappedRolesTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Roles = new() { ["admins"] = ["operator", "publisher"], ["readers"] = ["auditor"] };

    [Theory]
    [InlineData("""{"groups":["admins"]}""", "groups", Role.Operator | Role.Publisher)]
    [InlineData("""{"groups":["admins","readers","others"]}""", "groups", Role.Operator | Role.Publisher | Role.Auditor)]
    [InlineData("""{"groups":"readers"}""", "groups", Role.Auditor)]
    [InlineData("""{"realm_access":{"roles":["readers"]}}""", "realm_access.roles", Role.Auditor)]
    [InlineData("""{"https://acme.example/roles":["readers"]}""", "/https:~1~1acme.example~1roles", Role.Auditor)]
    [InlineData("""{"groups":["operator"]}""", "groups", Role.None)]
    [InlineData("""{"groups":["Admins"]}""", "groups", Role.None)]
    [InlineData("""{"groups":"admins readers"}""", "groups", Role.None)]
    [InlineData("""{"groups":["admins",1]}""", "groups", Role.None)]
    [InlineData("""{"groups":{"admins":true}}""", "groups", Role.None)]
    [InlineData("""{"groups":[]}""", "groups", Role.None)]
    [InlineData("""{}""", "groups", Role.None)]
    [InlineData("""{"a":"admins"}""", "a.b", Role.None)]
    [InlineData("""{"a.b":"admins"}""", "a.b", Role.None)]
    public void Only_what_is_mapped_gives_a_role(string claims, string path, Role roles)
    {
        Assert.True(Claims.TryRead(Encoding.UTF8.GetBytes(claims), out var read, out _));
        Assert.Equal(roles, MappedRoles.Of(read, new RoleMapping(path, Roles)));
        Assert.Equal(Role.None, MappedRoles.Of(read, null));
    }
}

using EventMesh.Connectors.OAuth;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors.OAuth;

public class ProviderReaderTests
{
    private const string Least = """
        name: Acme
        authorize: {url: "https://acme.example/authorize"}
        token: {url: "https://acme.example/token"}
        """;

    [Fact]
    public void The_least_that_a_file_says_is_enough()
    {
        var provider = ProviderReader.Read("acme.yaml", Least);
        Assert.Equal(("acme", "Acme", false, ClientProof.Basic, BodyFormat.Form), (provider.Id, provider.Name, provider.Pkce, provider.Token.Client, provider.Token.Body));
        Assert.Null(provider.Revoke);
        Assert.Equal(("Authorization", "Bearer {access_token}"), (provider.Placement.Header, provider.Placement.Format));
    }

    [Theory]
    [InlineData("acme.yaml", "name: Acme\nauthorize: {url: https://a.example/}", "acme.yaml: token.url is required")]
    [InlineData("acme.yaml", "name: Acme\ntoken: {url: https://a.example/}", "acme.yaml: authorize.url is required")]
    [InlineData("acme.yaml", "authorize: {url: https://a.example/}\ntoken: {url: https://a.example/}", "acme.yaml: name is required")]
    [InlineData("acme.yaml", Least + "\npkce: S265", "acme.yaml: pkce must be one of S256, none")]
    [InlineData("acme.yaml", Least + "\nscops: {}", "acme.yaml: scops is not known")]
    [InlineData("acme.yaml", Least + "\nscopes: {seperator: x}", "acme.yaml: scopes.seperator is not known")]
    [InlineData("acme.yaml", Least + "\nscopes: {default: {a: b}}", "acme.yaml: scopes.default must be a list of texts")]
    [InlineData("acme.yaml", Least + "\nlifetime_seconds: 0", "acme.yaml: lifetime_seconds must be a number of seconds above 0")]
    [InlineData("acme.yaml", Least + "\nissuer_required: yes", "acme.yaml: issuer_required must be true or false")]
    [InlineData("acme.yaml", Least + "\nrevoke: {url: \"https://{shop}/\"}", "acme.yaml: revoke.url has {shop}, which is not among parameters")]
    [InlineData("acme.yaml", Least + "\nrevoke: {url: \"http://acme.example/\"}", "acme.yaml: revoke.url must begin with https://")]
    [InlineData("acme.yaml", Least + "\nparameters: {shop: {description: d, pattern: \"(\"}}", "acme.yaml: parameters.shop.pattern is not a regular expression that can be matched in linear time")]
    [InlineData("acme.yaml", Least + "\nparameters: {shop: {description: d, pattern: \"a\", default: b}}", "acme.yaml: parameters.shop.default does not match the pattern")]
    [InlineData("acme.yaml", Least + "\nparameters: {shop: {description: d, pattern: \"(a)\\\\1\"}}", "acme.yaml: parameters.shop.pattern is not a regular expression that can be matched in linear time")]
    [InlineData("acme.yaml", Least + "\ncallback: {same: shop}", "acme.yaml: callback.same names shop, which is not among parameters")]
    [InlineData("acme.yaml", Least + "\nplacement: {header: Host}", "acme.yaml: placement.header is refused: Host is set by EventMesh")]
    [InlineData("acme.yaml", "- a", "acme.yaml: it must be a mapping")]
    [InlineData("Acme.yaml", Least, "Acme.yaml: it must be named with 2 to 32 of a-z, 0-9, - and _, beginning with a letter")]
    public void What_is_wrong_is_named_with_file_and_field(string file, string yaml, string message) =>
        Assert.Equal(message, Assert.Throws<ProviderRefused>(() => ProviderReader.Read(file, yaml)).Message);


    [Fact]
    public void What_is_no_YAML_is_named_with_its_line() =>
        Assert.StartsWith("acme.yaml: it is not YAML at line 3", Assert.Throws<ProviderRefused>(() => ProviderReader.Read("acme.yaml", "name: Acme\nauthorize: [")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_adds_and_overrides()
    {
        var folder = Directory.CreateTempSubdirectory("oauth-providers-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "acme.yaml"), Least);
            File.WriteAllText(Path.Combine(folder.FullName, "github.yaml"), Least);
            var providers = Providers.Load(folder.FullName);
            Assert.Equal("Acme", providers.Find("acme")!.Name);
            Assert.Equal("Acme", providers.Find("github")!.Name);
            Assert.Equal(11, providers.All.Count);
        }
        finally
        {
            folder.Delete(true);
        }
    }
}

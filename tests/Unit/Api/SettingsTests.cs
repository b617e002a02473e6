using EventMesh.Api;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public sealed class SettingsTests
{
    private const string ApprovedFile = "tests/Unit/Api/settings.approved.txt";
    private const string Postgres = "Host=db;Username=u;Password=hidden";

    [Fact]
    public void With_a_database_alone_everything_else_has_a_default()
    {
        var settings = Read(("EVENTMESH_POSTGRES", Postgres));
        Assert.Equal(("127.0.0.1", 8080, Postgres, null, Roles.All, null), (settings.Bind, settings.Port, settings.Postgres, settings.RabbitMq, settings.Roles, settings.AdminToken));
        Assert.Equal(Path.GetFullPath(".eventmesh"), settings.Home);
        Assert.Empty(settings.AllowNetworks);
    }

    [Fact]
    public void Every_setting_may_have_two_underscores_and_the_single_one_wins()
    {
        Assert.Equal(9000, Read(("EVENTMESH__POSTGRES", Postgres), ("EVENTMESH__PORT", "9000")).Port);
        Assert.Equal(9001, Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH__PORT", "9000"), ("EVENTMESH_PORT", "9001")).Port);
        Assert.Equal(8080, Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_PORT", " ")).Port);
    }

    [Theory]
    [InlineData("api", Roles.Api)]
    [InlineData("API, projections", Roles.Api | Roles.Projections)]
    [InlineData("fanout,dispatcher,worker", Roles.FanOut | Roles.Dispatcher | Roles.Worker)]
    [InlineData("all", Roles.All)]
    public void Roles_are_listed(string text, Roles roles) => Assert.Equal(roles, Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_ROLES", text)).Roles);

    [Theory]
    [InlineData("1s", 1), InlineData("2m", 120), InlineData("3h", 10_800), InlineData("365d", 31_536_000), InlineData(null, 432_000)]
    public void A_time_has_a_unit(string? text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_DISABLE_AFTER", text)).DisableAfter);

    [Theory]
    [InlineData("https://events.example.com/", "https://events.example.com"), InlineData("http://10.0.0.1:8080", "http://10.0.0.1:8080"), InlineData(null, null)]
    public void A_public_address_ends_without_a_slash(string? text, string? kept) => Assert.Equal(kept, Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_PUBLIC_URL", text)).PublicUrl);

    [Fact]
    public void Handing_over_and_taking_need_a_broker_to_be_apart()
    {
        Assert.Contains("EVENTMESH_ROLES", Assert.Throws<SettingRefused>(() => Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_ROLES", "worker"))).Message, StringComparison.Ordinal);
        Assert.Equal(Roles.Worker, Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_ROLES", "worker"), ("EVENTMESH_RABBITMQ", "amqp://b")).Roles);
    }

    [Theory]
    [InlineData("EVENTMESH_POSTGRES", null), InlineData("EVENTMESH_POSTGRES", "Password=hidden;nonsense"), InlineData("EVENTMESH_POSTGRES", "Username=u;Password=hidden")]
    [InlineData("EVENTMESH_PORT", "x"), InlineData("EVENTMESH_PORT", "-1"), InlineData("EVENTMESH_PORT", "65536")]
    [InlineData("EVENTMESH_BIND", "localhost")]
    [InlineData("EVENTMESH_RABBITMQ", "http://hidden"), InlineData("EVENTMESH_RABBITMQ", "hidden")]
    [InlineData("EVENTMESH_PUBLIC_URL", "hidden"), InlineData("EVENTMESH_PUBLIC_URL", "https://u:hidden@h"), InlineData("EVENTMESH_PUBLIC_URL", "https://h/p"), InlineData("EVENTMESH_PUBLIC_URL", "ftp://h")]
    [InlineData("EVENTMESH_ISSUER_KEY_AGE", "366d"), InlineData("EVENTMESH_ISSUER_KEY_OVERLAP", "8d")]
    [InlineData("EVENTMESH_ROLES", "api,cook"), InlineData("EVENTMESH_ROLES", ",")]
    [InlineData("EVENTMESH_ALLOW_NETWORKS", "10.0.0.0"), InlineData("EVENTMESH_ALLOW_NETWORKS", "10.0.0.0/8;x")]
    [InlineData("EVENTMESH_PLANS", "/there/is/none.json")]
    [InlineData("EVENTMESH_DISABLE_AFTER", "0s"), InlineData("EVENTMESH_DISABLE_AFTER", "366d"), InlineData("EVENTMESH_DISABLE_AFTER", "5"), InlineData("EVENTMESH_DISABLE_AFTER", "-1d"), InlineData("EVENTMESH_DISABLE_AFTER", "d")]
    [InlineData("EVENTMESH_ADMIN_TOKEN", "hidden"), InlineData("EVENTMESH_ADMIN_TOKEN", "hidden hidden hidden")]
    public void A_wrong_setting_is_one_line_that_names_it_and_no_secret(string name, string? value)
    {
        var refused = Assert.Throws<SettingRefused>(() => Read(("EVENTMESH_POSTGRES", name == "EVENTMESH_POSTGRES" ? null : Postgres), (name, value)));
        Assert.StartsWith(name + " ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_plans_takes_the_place_of_those_that_come()
    {
        Assert.Same(EventMesh.Domain.Limits.Plans.Default, Read(("EVENTMESH_POSTGRES", Postgres)).Plans);
        Assert.Equal(["starter", "professional", "enterprise"], Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_PLANS", Repository.Path("src/Domain/Limits/plans.json"))).Plans.Names);
        var wrong = Assert.Throws<SettingRefused>(() => Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_PLANS", Repository.Path("global.json"))));
        Assert.StartsWith("EVENTMESH_PLANS names a file that ", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Witnesses_are_addresses_and_buckets_need_their_credentials()
    {
        (string, string?)[] aws = [("EVENTMESH_POSTGRES", Postgres), ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "never printed"), ("AWS_ENDPOINT_URL_S3", "https://store.example")];
        var read = Read([.. aws, ("EVENTMESH_WITNESSES", "https://w.example/c, file:///mnt/w,s3://bucket/some/prefix")]).Witnesses;
        Assert.Equal(["https://w.example/c", "file:///mnt/w", "s3://bucket/some/prefix"], read.Addresses.Select(a => a.AbsoluteUri));
        Assert.Equal(("https://store.example/", "us-east-1", true), (read.Store!.Endpoint!.AbsoluteUri, read.Store.Region, read.Store.PathStyle));
        Assert.DoesNotContain("never printed", read.ToString(), StringComparison.Ordinal);
        Assert.Null(Read([.. aws, ("EVENTMESH_WITNESSES", "https://w.example/c")]).Witnesses.Store);
        foreach (var wrong in new[] { "w.example", "ftp://w.example", "file://host/w", "https://u:p@w.example", "s3:///prefix" })
            Assert.Contains("EVENTMESH_WITNESSES", Assert.Throws<SettingRefused>(() => Read([.. aws, ("EVENTMESH_WITNESSES", wrong)])).Message, StringComparison.Ordinal);
        Assert.Contains("AWS_ACCESS_KEY_ID", Assert.Throws<SettingRefused>(() => Read(("EVENTMESH_POSTGRES", Postgres), ("EVENTMESH_WITNESSES", "s3://b/p"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_those_approved_and_described()
    {
        if (Settings.Help != (File.Exists(Repository.Path(ApprovedFile)) ? Repository.Read(ApprovedFile) : ""))
        {
            File.WriteAllText(Repository.Path(ApprovedFile.Replace(".approved.", ".received.", StringComparison.Ordinal)), Settings.Help);
            Assert.Fail($"{ApprovedFile} is not what is there now: compare it with the received file beside it, and move that one there if the change is meant.");
        }
        var described = Repository.Read("docs/configuration.md");
        Assert.All(Settings.All, s => Assert.Contains($"`{s.Name}`", described, StringComparison.Ordinal));
    }

    private static Settings Read(params (string Name, string? Value)[] variables) =>
        Settings.Read(name => variables.LastOrDefault(v => v.Name == name).Value);
}

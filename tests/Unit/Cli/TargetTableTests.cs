using EventMesh.Cli;
using EventMesh.Cli.Replaying;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class TargetTableTests
{
    [Fact]
    public void An_address_as_PostgreSQL_has_it_is_understood()
    {
        var built = new NpgsqlConnectionStringBuilder(TargetTable.ConnectionString("postgres://us%40er:p%3Aw@db.example:5433/ware%20house?sslmode=verify-full"));
        Assert.Equal(("db.example", 5433, "us@er", "p:w", "ware house", SslMode.VerifyFull), (built.Host, built.Port, built.Username, built.Password, built.Database, built.SslMode));
        Assert.Equal(5432, new NpgsqlConnectionStringBuilder(TargetTable.ConnectionString("postgresql://db/w")).Port);
        Assert.Equal("w", new NpgsqlConnectionStringBuilder(TargetTable.ConnectionString("Host=db;Database=w")).Database);
    }

    [Theory]
    [InlineData("postgres://db/w?nonsense=1"), InlineData("postgres://db:port/w")]
    public void One_that_is_not_is_refused(string to) => Assert.Equal(ExitCode.Usage, Assert.Throws<Failure>(() => TargetTable.ConnectionString(to)).Code);

    [Theory]
    [InlineData("events", "\"events\""), InlineData("mesh.Orders", "\"mesh\".\"Orders\"")]
    public void A_table_s_name_may_have_a_schema_and_stands_in_quotes(string name, string quoted) =>
        Assert.Contains($"copy {quoted} (position, id, workspace,", TargetTable.Named(name).CopySql, StringComparison.Ordinal);

    [Theory]
    [InlineData(""), InlineData("a.b.c"), InlineData("a b"), InlineData("a\"; drop table x"), InlineData("."), InlineData("a;")]
    public void Nothing_else_gets_into_a_statement(string name) => Assert.Equal(ExitCode.Usage, Assert.Throws<Failure>(() => TargetTable.Named(name)).Code);
}

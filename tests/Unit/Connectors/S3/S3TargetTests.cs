using EventMesh.Connectors.S3;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors.S3;

public class S3TargetTests
{
    private static readonly S3Credential Credential = new("AKID", "not shown");

    [Theory]
    [InlineData(null, "bucket", false, "a/b c+d.gz", "https://bucket.s3.eu-central-1.amazonaws.com/a/b%20c%2Bd.gz")]
    [InlineData(null, "bucket", true, "a", "https://s3.eu-central-1.amazonaws.com/bucket/a")]
    [InlineData(null, "bucket.with.dots", false, "a", "https://s3.eu-central-1.amazonaws.com/bucket.with.dots/a")]
    [InlineData("http://127.0.0.1:9000", "bucket", true, "ü", "http://127.0.0.1:9000/bucket/%C3%BC")]
    [InlineData("https://store.example", "bucket", false, "a", "https://bucket.store.example/a")]
    public void An_object_has_its_address(string? endpoint, string bucket, bool pathStyle, string key, string address) =>
        Assert.Equal(address, new S3Target(endpoint is null ? null : new Uri(endpoint), "eu-central-1", bucket, pathStyle, Credential).Address(key, "").AbsoluteUri);

    [Theory]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("")]
    public void A_key_that_would_arrive_otherwise_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => new S3Target(null, "eu-central-1", "bucket", false, Credential).Address(key, ""));

    [Fact]
    public void A_credential_does_not_print_its_secret() => Assert.DoesNotContain("not shown", new S3Target(null, "r", "b", false, Credential).ToString(), StringComparison.Ordinal);
}

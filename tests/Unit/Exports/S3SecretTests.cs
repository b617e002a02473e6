using System.Text;
using EventMesh.Delivery.Exports;
using Xunit;

namespace EventMesh.Tests.Unit.Exports;

public class S3SecretTests
{
    [Fact]
    public void A_secret_holds_a_credential()
    {
        var credential = S3Secret.Parse("""{"access_key_id":"AKID","secret_access_key":"s/+","session_token":"t"}"""u8)!;
        Assert.Equal(("AKID", "s/+", "t"), (credential.AccessKeyId, credential.SecretAccessKey, credential.SessionToken));
        Assert.Null(S3Secret.Parse("""{"access_key_id":"AKID","secret_access_key":"s"}"""u8)!.SessionToken);
    }

    [Theory]
    [InlineData("AKID:secret"), InlineData("{}"), InlineData("[]"), InlineData("null"), InlineData("""{"access_key_id":"AKID"}"""), InlineData("""{"access_key_id":"","secret_access_key":"s"}""")]
    [InlineData("{\"access_key_id\":\"AK\\r\\nX: y\",\"secret_access_key\":\"s\"}"), InlineData("""{"access_key_id":"AKID","secret_access_key":"s","session_token":"a b"}""")]
    public void Another_secret_is_none(string secret) => Assert.Null(S3Secret.Parse(Encoding.UTF8.GetBytes(secret)));
}

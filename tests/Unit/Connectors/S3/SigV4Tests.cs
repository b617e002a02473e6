using System.Text;
using EventMesh.Connectors.S3;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors.S3;

/// <summary>Held to what AWS publishes: its signing test suite, and the examples of S3's documentation ("Signature Calculations for the Authorization Header").</summary>
public class SigV4Tests
{
    private static readonly S3Credential Suite = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private static readonly S3Credential Documented = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    private static readonly DateTimeOffset SuiteTime = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset DocumentedTime = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly string Nothing = SigV4.Digest([]);

    [Theory]
    [InlineData("/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("/ሴ", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("/example space/", "", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("//example//", "", "", "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5")]
    [InlineData("/", "Param2=value2&Param1=value1", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("/", "ሴ=bar", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("/", "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "",
        "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")]
    [InlineData("/", "", "my-header1: value1|my-header2: \"a   b   c\"", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("/", "", "x-amz-security-token:6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8")]
    public void A_request_of_the_suite_has_its_signature(string path, string query, string headers, string signature)
    {
        (string, string)[] pairs = [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => (p[..p.IndexOf('=')], p[(p.IndexOf('=') + 1)..]))];
        var signed = Headers(("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z"));
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries)) signed[header[..header.IndexOf(':')]] = header[(header.IndexOf(':') + 1)..];
        var authorization = SigV4.Authorization("GET", SigV4.Encoded(path, slashes: true), SigV4.Query(pairs), signed, Nothing, Suite, "us-east-1", "service", SuiteTime);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=", authorization, StringComparison.Ordinal);
        Assert.EndsWith("Signature=" + signature, authorization, StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_of_the_suite_has_its_signature()
    {
        var digest = SigV4.Digest("Param1=value1"u8);
        var signed = Headers(("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z"), ("x-amz-content-sha256", digest), ("content-type", "application/x-www-form-urlencoded"), ("content-length", "13"));
        Assert.EndsWith("Signature=d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
            SigV4.Authorization("POST", "/", "", signed, digest, Suite, "us-east-1", "service", SuiteTime), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/test.txt", "", "", "range:bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("PUT", "/test$file.text", "", "Welcome to Amazon S3.", "date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [InlineData("GET", "/", "lifecycle", "", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/", "max-keys=2&prefix=J", "", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void An_example_of_S3s_documentation_has_its_signature(string method, string path, string query, string body, string headers, string signature)
    {
        (string, string)[] pairs = [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).Select(p => (p[0], p.Length > 1 ? p[1] : ""))];
        var digest = SigV4.Digest(Encoding.UTF8.GetBytes(body));
        var signed = Headers(("host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"), ("x-amz-content-sha256", digest));
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries)) signed[header[..header.IndexOf(':')]] = header[(header.IndexOf(':') + 1)..];
        var authorization = SigV4.Authorization(method, SigV4.Encoded(path, slashes: true), SigV4.Query(pairs), signed, digest, Documented, "us-east-1", "s3", DocumentedTime);
        Assert.EndsWith("Signature=" + signature, authorization, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Headers(params (string Name, string Value)[] headers) => headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal);
}

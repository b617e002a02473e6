using System.Net;
using EventMesh.Connectors;
using EventMesh.Connectors.S3;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors.S3;

/// <summary>What stores answer, and what is made of it. A store that is not ours has its turn in the acceptance tests.</summary>
public sealed class S3ClientTests
{
    private const string Refused = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>AKID and a secret</Message></Error>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_is_put_signed_under_its_address()
    {
        await using var store = Receiver.Answering(Ok(""));
        using var client = Client();
        await client.PutObject(Target(store), "a b/c", "hello"u8.ToArray(), "text/plain; charset=utf-8", Stop);
        var request = Assert.Single(store.Requests);
        Assert.Equal("PUT /bucket/a%20b/c HTTP/1.1", request.Line);
        Assert.Contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,", request.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", request.Headers["x-amz-content-sha256"]);
        Assert.Equal("text/plain; charset=utf-8", request.Headers["Content-Type"]);
        Assert.Equal("hello"u8.ToArray(), request.Body);
    }

    [Theory]
    [InlineData(403, Refused, "AccessDenied", false)]
    [InlineData(503, "<Error><Code>SlowDown</Code></Error>", "SlowDown", true)]
    [InlineData(400, "<Error><Code>RequestTimeout</Code></Error>", "RequestTimeout", true)]
    [InlineData(500, "not xml", "HTTP 500", true)]
    [InlineData(404, "<html><Code>x</Code></html>", "HTTP 404", false)]
    [InlineData(403, "<!DOCTYPE a [<!ENTITY b \"c\">]><Error><Code>&b;</Code></Error>", "HTTP 403", false)]
    [InlineData(301, "<Error><Code>PermanentRedirect</Code></Error>", "PermanentRedirect", false)]
    public async Task A_refusal_has_its_name_and_nothing_else_of_the_answer(int status, string body, string code, bool mayPass)
    {
        await using var store = Receiver.Answering($"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nLocation: http://127.0.0.1:9/\r\n\r\n{body}");
        using var client = Client();
        var failed = await Assert.ThrowsAsync<S3Failed>(() => client.PutObject(Target(store), "a", default, "text/plain", Stop));
        Assert.Equal((code, mayPass), (failed.Code, failed.MayPass));
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_that_are_not_public_are_refused_for_good()
    {
        await using var store = Receiver.Answering(Ok(""));
        using var client = new S3Client(new AddressGuard([]), TimeProvider.System);
        Assert.False((await Assert.ThrowsAsync<S3Failed>(() => client.PutObject(Target(store), "a", default, "text/plain", Stop))).MayPass);
        Assert.Equal(0, store.Connections);
    }

    [Fact]
    public async Task A_store_that_is_away_may_come_back()
    {
        var store = Receiver.Answering(Ok(""));
        var target = Target(store);
        await store.DisposeAsync();
        using var client = Client();
        Assert.True((await Assert.ThrowsAsync<S3Failed>(() => client.PutObject(target, "a", default, "text/plain", Stop))).MayPass);
    }

    [Fact]
    public async Task Parts_are_listed_page_by_page()
    {
        await using var store = new Receiver(exchange => exchange.Write(exchange.Request.Line.Contains("part-number-marker=0", StringComparison.Ordinal)
            ? Ok("<ListPartsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag><Size>5</Size></Part></ListPartsResult>")
            : Ok("<ListPartsResult><IsTruncated>false</IsTruncated><Part><Size>7</Size><PartNumber>2</PartNumber><ETag>\"b\"</ETag></Part></ListPartsResult>")));
        using var client = Client();
        Assert.Equal([new(1, "\"a\"", 5), new(2, "\"b\"", 7)], await client.ListParts(Target(store), "k", "up+1", Stop));
        Assert.Contains("uploadId=up%2B1", store.Requests.First().Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_is_gone_has_no_parts_and_is_aborted()
    {
        const string Gone = "<Error><Code>NoSuchUpload</Code></Error>";
        await using var store = Receiver.Answering($"HTTP/1.1 404 Not Found\r\nContent-Length: {Gone.Length}\r\n\r\n{Gone}");
        using var client = Client();
        Assert.Null(await client.ListParts(Target(store), "k", "up", Stop));
        await client.AbortUpload(Target(store), "k", "up", Stop);
    }

    [Fact]
    public async Task A_failure_in_the_body_of_a_success_is_one()
    {
        await using var store = Receiver.Answering(Ok("  \n<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>"));
        using var client = Client();
        var failed = await Assert.ThrowsAsync<S3Failed>(() => client.CompleteUpload(Target(store), "k", "up", [new(1, "\"a\"", 5)], Stop));
        Assert.Equal(("InternalError", true), (failed.Code, failed.MayPass));
    }

    [Fact]
    public async Task The_size_of_an_object_is_asked_without_reading_it()
    {
        await using var store = Receiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n");
        await using var none = Receiver.Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        using var client = Client();
        Assert.Equal(5_000_000_000, await client.SizeOf(Target(store), "k", Stop));
        Assert.Null(await client.SizeOf(Target(none), "k", Stop));
    }

    private static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static S3Client Client() => new(new AddressGuard(Sending.Loopback), TimeProvider.System);

    private static S3Target Target(Receiver store) => new(store.Url("/"), "us-east-1", "bucket", true, new("AKID", "secret"));
}

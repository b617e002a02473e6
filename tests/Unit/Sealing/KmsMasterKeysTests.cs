using EventMesh.Api.Hosting;
using EventMesh.EventStore.Sealing;
using Xunit;

namespace EventMesh.Tests.Unit.Sealing;

/// <summary>Against a stand-in on this machine: no test speaks to AWS.</summary>
public sealed class KmsMasterKeysTests : MasterKeysContract, IAsyncLifetime
{
    private KmsStandIn kms = null!;
    private KmsMasterKeys first = null!;

    static KmsMasterKeysTests()
    {
        // The SDK finds credentials where it always does.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "an example and no secret");
        Environment.SetEnvironmentVariable("AWS_REGION", "eu-central-1");
    }

    public async ValueTask InitializeAsync()
    {
        kms = await KmsStandIn.Start("key-1", "key-2");
        first = new("key-1", kms.Address);
    }

    public async ValueTask DisposeAsync()
    {
        first.Dispose();
        await kms.DisposeAsync();
    }

    protected override IMasterKeys First => first;

    protected override Task<IMasterKeys> Rotated() => Task.FromResult<IMasterKeys>(new KmsMasterKeys("key-2", kms.Address));

    [Fact]
    public async Task The_encryption_context_names_workspace_and_number()
    {
        await First.Unwrap(await First.Wrap(new byte[32], "acme", 7, default), "acme", 7, default);
        Assert.Equal(["TrentService.Encrypt", "TrentService.Decrypt"], kms.Asked.Select(a => a.Operation));
        Assert.All(kms.Asked, asked => Assert.Equal("""{"eventmesh:workspace":"acme","eventmesh:data-key":"7"}""", asked.Context.ToJsonString()));
        Assert.Equal("kms:key-1", First.Current);
    }

    [Fact]
    public async Task A_key_that_KMS_does_not_have_cannot_wrap_and_is_missing_when_it_is_to_unwrap()
    {
        using var unknown = new KmsMasterKeys("key-9", kms.Address);
        Assert.Contains("key-9", (await Assert.ThrowsAsync<MasterKeyUnavailable>(() => unknown.Wrap(new byte[32], "acme", 1, default))).Message, StringComparison.Ordinal);
        var wrapped = await First.Wrap(new byte[32], "acme", 1, default);
        await Assert.ThrowsAsync<MasterKeyMissing>(() => First.Unwrap(wrapped with { MasterKey = "kms:key-9" }, "acme", 1, default));
        await Assert.ThrowsAsync<MasterKeyMissing>(() => First.Unwrap(wrapped with { MasterKey = "kms:key-2" }, "acme", 1, default));
    }

    [Fact]
    public async Task A_KMS_that_does_not_answer_is_said_so()
    {
        var wrapped = await First.Wrap(new byte[32], "acme", 1, default);
        kms.Down = true;
        await Assert.ThrowsAsync<MasterKeyUnavailable>(() => First.Unwrap(wrapped, "acme", 1, default));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("ftp://kms.example")]
    public void An_endpoint_that_is_none_is_refused(string endpoint) =>
        Assert.Contains("EVENTMESH_MASTER_KEY_KMS_ENDPOINT", Assert.Throws<MasterKeysRefused>(() => new KmsMasterKeys("key-1", endpoint)).Message, StringComparison.Ordinal);
}

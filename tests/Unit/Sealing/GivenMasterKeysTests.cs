using EventMesh.EventStore.Sealing;
using Xunit;

namespace EventMesh.Tests.Unit.Sealing;

public sealed class GivenMasterKeysTests : MasterKeysContract
{
    protected override IMasterKeys First { get; } = new GivenMasterKeys("one:" + One, "EVENTMESH_MASTER_KEY");

    protected override Task<IMasterKeys> Rotated() => Task.FromResult<IMasterKeys>(new GivenMasterKeys($"two:{Two}, one:{One}", "EVENTMESH_MASTER_KEY"));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    [InlineData("one")]
    [InlineData(":" + One)]
    [InlineData("one two:" + One)]
    [InlineData("one:AAEC")]
    [InlineData("one:not base64 not base64 not base64 not base6=")]
    [InlineData("one:" + One + "AAAA")]
    [InlineData("one:" + One + ",one:" + Two)]
    public void What_is_no_master_key_is_refused_without_repeating_it(string text)
    {
        var refused = Assert.Throws<MasterKeysRefused>(() => new GivenMasterKeys(text, "EVENTMESH_MASTER_KEY"));
        Assert.StartsWith("EVENTMESH_MASTER_KEY", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(One, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not base64", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void An_id_has_at_most_64_characters(int length, bool holds)
    {
        var made = Record.Exception(() => new GivenMasterKeys(new string('a', length) + ":" + One, "EVENTMESH_MASTER_KEY"));
        Assert.Equal(holds, made is null);
    }

    [Fact]
    public async Task Several_holders_wrap_with_the_first_and_unwrap_with_all()
    {
        var one = new GivenMasterKeys("one:" + One, "a");
        var wrapped = await one.Wrap(new byte[32], "acme", 1, default);
        var several = new SeveralMasterKeys([new GivenMasterKeys("two:" + Two, "b"), one]);
        Assert.Equal("two", several.Current);
        Assert.Equal(new byte[32], await several.Unwrap(wrapped, "acme", 1, default));
        await Assert.ThrowsAsync<MasterKeyMissing>(() => several.Unwrap(wrapped with { MasterKey = "three" }, "acme", 1, default));
    }
}

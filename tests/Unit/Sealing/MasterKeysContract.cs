using System.Security.Cryptography;
using EventMesh.EventStore.Sealing;
using Xunit;

namespace EventMesh.Tests.Unit.Sealing;

/// <summary>What every holder of master keys keeps to.</summary>
public abstract class MasterKeysContract
{
    protected const string One = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", Two = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

    private static readonly byte[] DataKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>A holder whose current key is the first.</summary>
    protected abstract IMasterKeys First { get; }

    /// <summary>The same holder, or one like it, after the second key has become current; the first still unwraps.</summary>
    protected abstract Task<IMasterKeys> Rotated();

    [Fact]
    public async Task What_is_wrapped_is_unwrapped_and_does_not_show_the_key()
    {
        var wrapped = await First.Wrap(DataKey, "acme", 1, default);
        Assert.Equal(First.Current, wrapped.MasterKey);
        Assert.Equal(-1, wrapped.Bytes.AsSpan().IndexOf(DataKey));
        Assert.Equal(DataKey, await First.Unwrap(wrapped, "acme", 1, default));
        Assert.NotEqual(wrapped.Bytes, (await First.Wrap(DataKey, "acme", 1, default)).Bytes);
    }

    [Theory]
    [InlineData("zeta", 1)]
    [InlineData("acme", 2)]
    public async Task It_does_not_open_for_another_workspace_or_number(string workspace, int number)
    {
        var wrapped = await First.Wrap(DataKey, "acme", 1, default);
        Assert.Equal(workspace, (await Assert.ThrowsAsync<SealBroken>(() => First.Unwrap(wrapped, workspace, number, default))).Workspace);
    }

    [Fact]
    public async Task It_does_not_open_when_it_was_changed()
    {
        var wrapped = await First.Wrap(DataKey, "acme", 1, default);
        wrapped.Bytes[^1] ^= 1;
        await Assert.ThrowsAsync<SealBroken>(() => First.Unwrap(wrapped, "acme", 1, default));
    }

    [Fact]
    public async Task A_key_that_is_not_here_is_named()
    {
        var wrapped = await First.Wrap(DataKey, "acme", 1, default);
        Assert.Equal("elsewhere", (await Assert.ThrowsAsync<MasterKeyMissing>(() => First.Unwrap(wrapped with { MasterKey = "elsewhere" }, "acme", 1, default))).Id);
    }

    [Fact]
    public async Task When_another_is_current_the_one_before_still_unwraps()
    {
        var wrapped = await First.Wrap(DataKey, "acme", 1, default);
        var rotated = await Rotated();
        Assert.NotEqual(wrapped.MasterKey, rotated.Current);
        Assert.Equal(DataKey, await rotated.Unwrap(wrapped, "acme", 1, default));
        Assert.Equal(rotated.Current, (await rotated.Wrap(DataKey, "acme", 1, default)).MasterKey);
    }
}

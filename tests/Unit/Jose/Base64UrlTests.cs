using EventMesh.Api.Jose;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Jose;

public sealed class Base64UrlTests
{
    [Fact]
    public void Whatever_is_written_is_read_again() => Prop.ForAll<byte[]>(bytes =>
        StrictBase64Url.TryDecode(StrictBase64Url.Encode(bytes), out var read) && read.AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void There_is_one_spelling_for_each_list_of_bytes() => Prop.ForAll<string>(text =>
        text is null || !StrictBase64Url.TryDecode(text, out var read) || StrictBase64Url.Encode(read) == text).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("A")]
    [InlineData("AB")]
    [InlineData("AAB")]
    [InlineData("AA==")]
    [InlineData("AA=")]
    [InlineData("A A")]
    [InlineData("AA\n")]
    [InlineData("+/A")]
    [InlineData("ÀAA")]
    public void Another_spelling_is_refused(string text) => Assert.False(StrictBase64Url.TryDecode(text, out _));
}

using EventMesh.EventStore;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class PositionTests
{
    private static FsCheck.Gen<long> Bits48 => from high in Gen.Choose(0, 0xff_ffff) from low in Gen.Choose(0, 0xff_ffff) select ((long)high << 24) | (uint)low;

    private static FsCheck.Arbitrary<Position> Positions =>
        (from transaction in Bits48 from sequence in Bits48 select new Position((ulong)transaction, sequence)).ToArbitrary();

    [Fact]
    public void What_is_printed_is_read_back() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Positions, p => Position.Parse(p.ToString()) == p));

    [Fact]
    public void Text_sorts_as_positions_do() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Positions, Positions, (a, b) => Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())) == Math.Sign(a.CompareTo(b))));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("000000000001-00000000000g")]
    [InlineData("000000000001_000000000002")]
    [InlineData("0000000000010000000000002")]
    [InlineData("000000000001-0000000000020")]
    [InlineData(" 00000000001-000000000002")]
    [InlineData("-00000000001-000000000002")]
    public void Anything_else_is_no_position(string? text) => Assert.False(Position.TryParse(text, out _));
}

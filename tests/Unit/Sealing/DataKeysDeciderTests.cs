using EventMesh.Domain;
using EventMesh.Domain.Encryption;
using Xunit;

namespace EventMesh.Tests.Unit.Sealing;

public class DataKeysDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly DataKeysEvent Created = new DataKeysEvent.DataKeyCreated(1, "one", At), Rotated = new DataKeysEvent.DataKeyRotated(2, At), Retired = new DataKeysEvent.DataKeyRetired(1, At);

    [Fact]
    public void A_key_is_rotated_to_the_next_number() => Assert.Equal([Rotated], Decide(new DataKeysCommand.RotateDataKey(At), Created));

    [Fact]
    public void Before_there_is_a_key_nothing_is_rotated() => Assert.Empty(Decide(new DataKeysCommand.RotateDataKey(At)));

    [Fact]
    public void A_rotation_under_way_is_not_begun_again() => Assert.Empty(Decide(new DataKeysCommand.RotateDataKey(At), Created, Rotated));

    [Fact]
    public void After_its_old_key_is_retired_the_next_rotation_may_begin() =>
        Assert.Equal([new DataKeysEvent.DataKeyRotated(3, At)], Decide(new DataKeysCommand.RotateDataKey(At), Created, Rotated, Retired));

    [Fact]
    public void An_old_key_is_retired_once()
    {
        Assert.Equal([Retired], Decide(new DataKeysCommand.RetireDataKey(1, false, At), Created, Rotated));
        Assert.Equal([new DataKeysEvent.DataKeyRetired(1, At, true)], Decide(new DataKeysCommand.RetireDataKey(1, true, At), Created, Rotated));
        Assert.Empty(Decide(new DataKeysCommand.RetireDataKey(1, false, At), Created, Rotated, Retired));
    }

    [Fact]
    public void The_key_that_seals_is_not_retired()
    {
        Assert.Equal("data_key.in_use", Assert.Throws<Refused>(() => Decide(new DataKeysCommand.RetireDataKey(2, false, At), Created, Rotated)).Code);
        Assert.Throws<Refused>(() => Decide(new DataKeysCommand.RetireDataKey(1, false, At), Created));
        Assert.Throws<Refused>(() => Decide(new DataKeysCommand.RetireDataKey(1, false, At)));
    }

    [Fact]
    public void A_master_key_that_is_wanted_already_is_not_wanted_again()
    {
        var rotate = new MasterKeyCommand.RotateMasterKey("two", At);
        Assert.Equal([new MasterKeyEvent.MasterKeyRotated("two", At)], MasterKeyDecider.Decide(rotate, new("one")));
        Assert.Empty(MasterKeyDecider.Decide(rotate, MasterKey.Evolve(MasterKey.Initial, new MasterKeyEvent.MasterKeyRotated("two", At))));
    }

    private static DataKeysEvent[] Decide(DataKeysCommand command, params DataKeysEvent[] history) => DataKeysDecider.Decide(command, history.Aggregate(DataKeys.Initial, DataKeys.Evolve));
}
